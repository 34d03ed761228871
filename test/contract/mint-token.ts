import { createHmac, type KeyObject, randomBytes, sign } from 'node:crypto'
import { AUDIENCE, ISSUER, TYP } from '../../contract/claims.ts'
import { type Algorithm, keysOf, type VerifyingKey } from '../../contract/keys.ts'

/** A key that can sign as well as verify. */
export type ForgeKey = VerifyingKey & { signer: KeyObject }

/** What a forger of tokens has at hand: a key of each algorithm, and the time. */
export interface Forge {
  hmac: ForgeKey
  eddsa: ForgeKey
  /** Unix seconds. */
  nowS: number
}

export const newKey = (alg: Algorithm, kid: string): ForgeKey => ({
  kid,
  alg,
  ...keysOf(alg, randomBytes(32)),
})

/** Claims that are good in every way at `nowS`. */
export const goodClaims = (nowS: number) => ({
  iss: ISSUER,
  aud: AUDIENCE,
  sub: '7',
  sid: 'session-1',
  jti: 'token-1',
  iat: nowS,
  exp: nowS + 60,
  gen: 0,
  role: 'user',
  extension: '1001',
})
export const goodHeader = (key: ForgeKey) => ({ alg: key.alg, kid: key.kid, typ: TYP.access })

export function encode(part: object | string): string {
  const bytes = Buffer.isBuffer(part) || typeof part === 'string' ? part : JSON.stringify(part)
  return Buffer.from(bytes as string).toString('base64url') // bytes or text: `from` takes both
}

/** The key's own signature over any text as it stands. */
export function signatureOf(key: ForgeKey, input: string): Buffer {
  if (key.alg === 'EdDSA') return sign(null, Buffer.from(input), key.signer)
  return createHmac('sha256', key.signer).update(input).digest()
}

export const withSignature = (key: ForgeKey, input: string): string =>
  `${input}.${signatureOf(key, input).toString('base64url')}`

/** Signs any header over any payload, well-formed or not. */
export const seal = (key: ForgeKey, header: object | string, payload: object | string): string =>
  withSignature(key, `${encode(header)}.${encode(payload)}`)

export interface Flaw {
  header?: Record<string, unknown>
  claims?: Record<string, unknown>
}

/** A good token but for the flaw; a member that is `undefined` is left out. */
export const mint = (key: ForgeKey, nowS: number, { header, claims }: Flaw = {}): string =>
  seal(key, { ...goodHeader(key), ...header }, { ...goodClaims(nowS), ...claims })

const padded = (key: ForgeKey, nowS: number, filler: number) =>
  mint(key, nowS, { claims: { note: 'x'.repeat(filler) } })

/** A good token of so many characters, or of the next number that base64url allows. */
export function mintOfLength(key: ForgeKey, nowS: number, least: number): string {
  let filler = 0
  while (padded(key, nowS, filler).length < least) filler += 1
  return padded(key, nowS, filler)
}

/** The one flaw, and a token that is good but for it; undefined where this key has no such token. */
export type FlawedToken = readonly [title: string, make: (forge: Forge) => string | undefined]

/** How a table names a value. */
export const shown = (value: unknown) => (value === undefined ? 'left out' : JSON.stringify(value))
