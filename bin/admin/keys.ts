import { join, resolve } from 'node:path'
import { z } from 'zod'
import { commonSettings } from '../../contract/common-settings.ts'
import {
  ACTIVATION_DELAY_MS,
  ALGORITHMS,
  type Algorithm,
  addKey,
  describeKeys,
  readKeys,
  retireKey,
} from '../../contract/keys.ts'
import { readEnv } from '../../runtime/env.ts'
import { parseArguments } from '../arguments.ts'
import { type Command, CommandError, unknownVerb } from './command.ts'

const Settings = z.object({
  HOOKSWITCH_DATA: commonSettings.HOOKSWITCH_DATA,
  HOOKSWITCH_REFRESH_TTL: commonSettings.HOOKSWITCH_REFRESH_TTL,
  HOOKSWITCH_TOKEN_ALG: z.enum(ALGORITHMS).default('HS256'),
})

/** `keys list|add|retire`. */
export const keysCommand: Command = {
  help: `\
  keys list                     the keys tokens are signed with
  keys add [--alg HS256|EdDSA]  a new key; it signs a few seconds later, the old ones go on verifying
  keys retire <kid> [--force]   refuse every token a key has signed`,
  verbs: ['list', 'add', 'retire'],
  run,
}

async function run(args: string[]): Promise<void> {
  const { values: flags, positionals } = parseArguments({
    args,
    allowPositionals: true,
    options: { alg: { type: 'string' }, force: { type: 'boolean' } },
  })
  const [verb, kid] = positionals
  const settings = readEnv(Settings)
  const folder = join(resolve(settings.HOOKSWITCH_DATA), 'keys')
  const alg = settings.HOOKSWITCH_TOKEN_ALG
  switch (verb) {
    case 'list':
      return console.log(listKeys(folder, alg, new Date()))
    case 'add':
      return console.log(addSigningKey(folder, parseAlgorithm(flags.alg) ?? alg))
    case 'retire': {
      const options = { force: flags.force === true, alg, longestLifetime: settings.HOOKSWITCH_REFRESH_TTL }
      return console.log(retireSigningKey(folder, kid, options, new Date()))
    }
    default:
      throw unknownVerb('keys', verb, keysCommand.verbs)
  }
}

function parseAlgorithm(text: string | undefined): Algorithm | undefined {
  if (text === undefined) return undefined
  const alg = ALGORITHMS.find((one) => one.toLowerCase() === text.toLowerCase())
  if (alg === undefined) throw new CommandError(`--alg is one of ${ALGORITHMS.join(', ')}`)
  return alg
}

/** One line a key: its id, its algorithm, when it was made, whether it signs. No secret is shown. */
function listKeys(folder: string, signingAlg: Algorithm, now: Date): string {
  return describeKeys(readKeyFolder(folder), signingAlg, now.getTime())
    .map(({ kid, alg, createdAtMs, state }) => {
      const made = new Date(createdAtMs).toISOString().slice(0, 19)
      return `${kid}  ${alg.padEnd(5)}  made ${made}Z  ${state === 'signing' ? 'signs and verifies' : 'verifies'}`
    })
    .join('\n')
}

function addSigningKey(folder: string, alg: Algorithm): string {
  const kid = addKey(folder, alg)
  return `${kid}: verifies within a second and signs in ${ACTIVATION_DELAY_MS / 1000} s; retire the old key once its tokens have run out`
}

/**
 * Retires a key. If that would end a session, it needs `force`.
 * @throws {CommandError}
 */
function retireSigningKey(
  folder: string,
  kid: string | undefined,
  { force, alg, longestLifetime }: { force: boolean; alg: Algorithm; longestLifetime: number },
  now: Date,
): string {
  const keys = readKeyFolder(folder)
  const key = keys.find((one) => one.kid === kid)
  if (kid === undefined || key === undefined) throw new CommandError('name a key of "keys list"')
  const successors = keys.filter((one) => one.alg === alg && one.createdAtMs > key.createdAtMs)
  const next = successors[0]
  if (next === undefined && key.alg === alg)
    throw new CommandError('this is the newest key: add another one first')
  // The last token it signed was signed when its successor took over.
  const signedUntilMs = next === undefined ? 0 : next.createdAtMs + ACTIVATION_DELAY_MS
  const expiresAt = new Date(signedUntilMs + longestLifetime * 1000)
  if (expiresAt > now && !force) {
    throw new CommandError(
      `tokens it signed may live until ${expiresAt.toISOString().slice(0, 19)}Z: wait, or log those people out with --force`,
    )
  }
  retireKey(folder, kid)
  return `${kid}: retired; whatever it signed is refused within a second`
}

function readKeyFolder(folder: string) {
  try {
    return readKeys(folder)
  } catch (err) {
    throw new CommandError(`cannot read the keys of ${folder}: ${err instanceof Error ? err.message : err}`)
  }
}
