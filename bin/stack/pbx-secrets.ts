import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { SetupError } from '../system/setup-error.ts'
import type { PbxSecrets } from './pbx-conf.ts'

const NAMES = ['events', 'control', 'phones', 'ari'] as const

/**
 * The secrets of a folder's own Asterisk: made by chance the first time, then kept in a file each.
 * @throws {SetupError} where a file holds none
 */
export function loadOrCreatePbxSecrets(folder: string): {
  secrets: PbxSecrets & { ari: string }
  files: Record<(typeof NAMES)[number], string>
  areNew: boolean
} {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const fileOf = (name: string) => join(folder, `${name}.secret`)
  const missing = NAMES.filter((name) => !existsSync(fileOf(name)))
  for (const name of missing) {
    writeFileSync(fileOf(name), `${randomBytes(16).toString('hex')}\n`, { mode: 0o600, flag: 'wx' })
  }
  const read = (name: string) => {
    const secret = readFileSync(fileOf(name), 'latin1').trim()
    if (!/^[0-9a-f]{32}$/.test(secret)) throw new SetupError(`${fileOf(name)} holds no secret: remove it`)
    return secret
  }
  const each = <T>(of: (name: string) => T): Record<(typeof NAMES)[number], T> => ({
    events: of('events'),
    control: of('control'),
    phones: of('phones'),
    ari: of('ari'),
  })
  return { secrets: each(read), files: each(fileOf), areNew: missing.includes('phones') }
}
