import { randomBytes } from 'node:crypto'

/** What a mail's link proves: 192 random bits. Only its hash is kept, see `hashOf`. */
export const newLinkToken = (kind: 'inv' | 'ver'): string =>
  `${kind}_${randomBytes(24).toString('base64url')}`
