import { randomBytes } from 'node:crypto'
import { existsSync, linkSync, mkdirSync, unlinkSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { readSecretFile } from '../../../runtime/secret-file.ts'

/**
 * Reads 32 secret bytes from a file of 64 hex digits, mode 0600. If there is no file it creates one; processes that
 * create it at once all get the same secret.
 * @throws {SecretFileError}
 */
export function loadOrCreateSecret(path: string): Buffer {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  if (!existsSync(path)) createSecret(path)
  return readSecretFile(path)
}

function createSecret(path: string): void {
  const draft = `${path}.${process.pid}`
  writeFileSync(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 })
  try {
    // Unlike a rename, a link never replaces the file of another process.
    linkSync(draft, path)
  } catch (err) {
    if ((err as NodeJS.ErrnoException).code !== 'EEXIST') throw err // linkSync throws these
  } finally {
    unlinkSync(draft)
  }
}
