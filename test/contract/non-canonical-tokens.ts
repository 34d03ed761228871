import { type InvalidToken, mint, type TestKey, withSignature } from './mint-token.ts'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** Other spellings of base64url text that lax decoders read as the same bytes. */
const NON_CANONICAL_ENCODINGS: readonly (readonly [string, (part: string) => string | undefined])[] = [
  ['one sign of padding', (part) => `${part}=`],
  ['two signs of padding', (part) => `${part}==`],
  ['a blank before it', (part) => ` ${part}`],
  ['a blank after it', (part) => `${part} `],
  ['a blank in it', (part) => `${part.slice(0, 4)} ${part.slice(4)}`],
  ['a tab in it', (part) => `${part.slice(0, 4)}\t${part.slice(4)}`],
  ['a newline in it', (part) => `${part.slice(0, 4)}\n${part.slice(4)}`],
  ['a newline after it', (part) => `${part}\n`],
  ['CRLF after it', (part) => `${part}\r\n`],
  ['a NUL after it', (part) => `${part}\0`],
  ['a no-break space in it', (part) => `${part.slice(0, 4)}\u00a0${part.slice(4)}`],
  ['a foreign sign in it', (part) => `${part.slice(0, 4)}!${part.slice(4)}`],
  ['a full-width letter in it', (part) => `${part.slice(0, 4)}\uff21${part.slice(4)}`],
  ['percent-encoding', (part) => `%${part.charCodeAt(0).toString(16)}${part.slice(1)}`],
  ['+ for -', (part) => (part.includes('-') ? part.replaceAll('-', '+') : undefined)],
  ['/ for _', (part) => (part.includes('_') ? part.replaceAll('_', '/') : undefined)],
  ['unused bits set in its last digit', unusedBitsSet],
  ['a stray fourth digit', (part) => (part.length % 4 === 0 ? `${part}A` : undefined)],
]

function unusedBitsSet(part: string): string | undefined {
  if (part.length % 4 === 0) return undefined
  const last = ALPHABET.indexOf(part.slice(-1))
  return part.slice(0, -1) + ALPHABET[last + 1]
}

/** A valid token that contains the characters that the spellings above replace, except in its header. */
function tokenToReencode(key: TestKey, nowS: number): [string, string, string] {
  for (let n = 0; ; n += 1) {
    const [header = '', payload = '', signature = ''] = mint(key, nowS, {
      claims: { note: `~~~???>>>${'.'.repeat(n % 3)}`, jti: `t${n}` },
    }).split('.')
    const has = (part: string) => part.includes('-') && part.includes('_')
    if (has(payload) && has(signature) && payload.length % 4 !== 0) return [header, payload, signature]
  }
}

/** One part in another spelling, in a token with a valid signature. */
export const nonCanonicalTokens: InvalidToken[] = NON_CANONICAL_ENCODINGS.flatMap(([how, spell]) => [
  [
    `a header with ${how}`,
    ({ hmac, nowS }) => {
      const [header, payload] = tokenToReencode(hmac, nowS)
      const other = spell(header)
      // Signed in this spelling, so that the spelling alone is wrong.
      return other === undefined ? undefined : withSignature(hmac, `${other}.${payload}`)
    },
  ],
  [
    `a payload with ${how}`,
    ({ hmac, nowS }) => {
      const [header, payload] = tokenToReencode(hmac, nowS)
      const other = spell(payload)
      return other === undefined ? undefined : withSignature(hmac, `${header}.${other}`)
    },
  ],
  [
    `a signature with ${how}`,
    ({ hmac, nowS }) => {
      const [header, payload, signature] = tokenToReencode(hmac, nowS)
      const other = spell(signature)
      return other === undefined ? undefined : `${header}.${payload}.${other}`
    },
  ],
  [
    `an EdDSA signature with ${how}`,
    ({ eddsa, nowS }) => {
      const [header, payload, signature] = tokenToReencode(eddsa, nowS)
      const other = spell(signature)
      return other === undefined ? undefined : `${header}.${payload}.${other}`
    },
  ],
])
