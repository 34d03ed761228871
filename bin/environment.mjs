// What every command does first: the right Node.js, and the settings of .env.
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Folders among the settings; other paths are known by the dot they begin with. */
const FOLDERS = ['HOOKSWITCH_DATA', 'HOOKSWITCH_MEDIA_ROOT', 'HOOKSWITCH_SYSTEM']

/** Ends the process where it is none that the packages are made for: npm only warns of it. */
export function requireNode(version = process.versions.node) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 19)) return
  console.error(`hookswitch needs Node.js 20.19 or later, and this is ${version}`)
  process.exit(1)
}

/**
 * Adds the settings of `.env`; what the environment has wins. A relative path in there is relative to that file, from
 * whatever folder a command is run.
 * @param {string} folder
 */
export function loadDotEnv(folder = root) {
  const path = resolve(folder, '.env')
  if (!existsSync(path)) return
  const given = new Set(Object.keys(process.env))
  process.loadEnvFile(path)
  for (const [name, value] of Object.entries(process.env)) {
    if (given.has(name) || !value || !/^(HOOKSWITCH_|REDIS_URL_FILE|DATABASE_URL_FILE)/.test(name)) continue
    if (FOLDERS.includes(name) || /^\.{1,2}\//.test(value)) process.env[name] = resolve(folder, value)
  }
}
