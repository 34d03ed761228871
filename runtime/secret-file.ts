import { readFileSync, statSync } from 'node:fs'

/** A secret file that must not be used as it is; the message names the file and the reason, and shows no secret. */
export class SecretFileError extends Error {
  override name = 'SecretFileError'
}

/**
 * Reads 32 secret bytes from a file of 64 hex digits that only its owner may read.
 * @throws {SecretFileError} when others may read it, or it holds anything else
 */
export function readSecretFile(path: string): Buffer {
  if ((statSync(path).mode & 0o077) !== 0)
    throw new SecretFileError(`${path} is readable by others: chmod 600 it`)
  const hex = readFileSync(path, 'latin1').trim()
  if (!/^[0-9a-f]{64}$/i.test(hex)) throw new SecretFileError(`${path} does not hold 64 hex digits`)
  return Buffer.from(hex, 'hex')
}
