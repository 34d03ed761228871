import { createHash } from 'node:crypto'

/** @returns SHA-256 of a text (as UTF-8) or of bytes, as base64url without padding: 43 characters */
export const sha256 = (input: string | Uint8Array): string =>
  createHash('sha256').update(input).digest('base64url')
