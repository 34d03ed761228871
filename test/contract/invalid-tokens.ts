import { createHmac, createSecretKey } from 'node:crypto'
import { invalidHeaders } from './invalid-headers.ts'
import { invalidPayloads } from './invalid-payloads.ts'
import { malformedTokens } from './malformed-tokens.ts'
import { type InvalidToken, mint, signatureOf } from './mint-token.ts'
import { nonCanonicalTokens } from './non-canonical-tokens.ts'

/** Every way in which a token can be malformed, whatever the time and the revocations. */
export const UNREADABLE_TOKENS: readonly InvalidToken[] = [
  ...nonCanonicalTokens,
  ...malformedTokens,
  ...invalidHeaders,
  ...invalidPayloads,
]

/** Signatures by foreign keys. */
export const FOREIGN_SIGNATURES: readonly InvalidToken[] = [
  [
    'a secret of 31 bytes',
    ({ hmac, nowS }) => mint({ ...hmac, privateKey: createSecretKey(Buffer.alloc(31)) }, nowS),
  ],
  [
    'an empty secret',
    ({ hmac, nowS }) => mint({ ...hmac, privateKey: createSecretKey(Buffer.alloc(0)) }, nowS),
  ],
  [
    'a secret of zeros',
    ({ hmac, nowS }) => mint({ ...hmac, privateKey: createSecretKey(Buffer.alloc(32)) }, nowS),
  ],
  [
    'the kid as secret',
    ({ hmac, nowS }) => mint({ ...hmac, privateKey: createSecretKey(Buffer.from(hmac.kid)) }, nowS),
  ],
  [
    '"secret" as secret',
    ({ hmac, nowS }) => mint({ ...hmac, privateKey: createSecretKey(Buffer.from('secret')) }, nowS),
  ],
  [
    'SHA-512 under HS256',
    ({ hmac, nowS }) => {
      const input = mint(hmac, nowS).split('.').slice(0, 2).join('.')
      return `${input}.${createHmac('sha512', hmac.privateKey).update(input).digest('base64url')}`
    },
  ],
  [
    'a signature over the decoded text',
    ({ hmac, nowS }) => {
      const input = mint(hmac, nowS).split('.').slice(0, 2)
      const decoded = input.map((part) => Buffer.from(part, 'base64url').toString()).join('.')
      return `${input.join('.')}.${signatureOf(hmac, decoded).toString('base64url')}`
    },
  ],
]
