import { randomBytes } from 'node:crypto'

/** Token in a mailed link: 192 random bits. Only its hash is stored, see `hashToken`. */
export const newLinkToken = (kind: 'inv' | 'ver' | 'pwd'): string =>
  `${kind}_${randomBytes(24).toString('base64url')}`
