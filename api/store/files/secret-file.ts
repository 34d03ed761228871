import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, readFileSync, statSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { KeyFileError } from '../../../contract/keys.ts'

/**
 * Reads 32 secret bytes from a file of 64 hex digits, mode 0600, and makes the file where there is none;
 * of processes that make it at once, all get the same.
 * @throws {KeyFileError}
 */
export function loadOrCreateSecret(path: string): Buffer {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  if (!existsSync(path)) createSecret(path)
  if ((statSync(path).mode & 0o077) !== 0)
    throw new KeyFileError(`${path} is readable by others: chmod 600 it`)
  const hex = readFileSync(path, 'latin1').trim()
  if (!/^[0-9a-f]{64}$/i.test(hex)) throw new KeyFileError(`${path} does not hold 64 hex digits`)
  return Buffer.from(hex, 'hex')
}

function createSecret(path: string): void {
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 })
  try {
    // Unlike a rename, a link never replaces what another process made meanwhile.
    linkSync(draft, path)
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code !== 'EEXIST') throw err // linkSync throws these
  } finally {
    unlinkSync(draft)
  }
}
