import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { addKey, readKeys } from '../contract/keys.ts'
import { readEnv } from '../runtime/env.ts'
import { parseArguments } from './arguments.ts'
import { exitOnError } from './stack/exit-on-error.ts'
import { seedUsers } from './stack/seed-users.ts'
import { StartSettings } from './stack/settings.ts'

const HELP = `Usage: node dist/setup.js

Makes what is missing of the keys, the database and the first admin, in HOOKSWITCH_DATA and DATABASE_URL.`

/**
 * What `npm start` does before its first process, for those who start the processes themselves: a key to
 * sign with, an up-to-date database, and a user who can log in. What is there stays as it is.
 */
async function main() {
  const { values: flags } = parseArguments({ options: { help: { type: 'boolean', short: 'h' } } })
  if (flags.help) return console.log(HELP)
  const { data, databaseUrl, algorithm } = readEnv(StartSettings)
  process.umask(0o077)
  const keys = join(data, 'keys')
  mkdirSync(keys, { recursive: true, mode: 0o700 })
  if (!readKeys(keys).some((key) => key.alg === algorithm)) {
    console.log(`made a key to sign with: ${addKey(keys, algorithm)}`)
  }
  const password = await seedUsers(data, databaseUrl, false)
  if (password !== undefined) {
    console.log(`The first admin: admin / ${password}   (shown only once; a log of this output keeps it)`)
  }
  console.log('set up: the keys, the database and an account are there')
}

main().catch(exitOnError('setup'))
