import { createHmac, type KeyObject, randomBytes, sign } from 'node:crypto'
import { AUDIENCE, ISSUER, TYP } from '../../contract/claims.ts'
import { type Algorithm, toKeyObjects, type VerifyingKey } from '../../contract/keys.ts'

/** A key that can sign as well as verify. */
export type TestKey = VerifyingKey & { privateKey: KeyObject }

/** What a forger of tokens has at hand: a key of each algorithm, and the time. */
export interface TestKeys {
  hmac: TestKey
  eddsa: TestKey
  /** Unix seconds. */
  nowS: number
}

export const newKey = (alg: Algorithm, kid: string): TestKey => ({
  kid,
  alg,
  ...toKeyObjects(alg, randomBytes(32)),
})

/** Claims that are good in every way at `nowS`. */
export const validClaims = (nowS: number) => ({
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
export const validHeader = (key: TestKey) => ({ alg: key.alg, kid: key.kid, typ: TYP.access })

export function encode(part: object | string): string {
  const bytes = Buffer.isBuffer(part) || typeof part === 'string' ? part : JSON.stringify(part)
  return Buffer.from(bytes as string).toString('base64url') // bytes or text: `from` takes both
}

/** The key's own signature over any text as it stands. */
export function signatureOf(key: TestKey, input: string): Buffer {
  if (key.alg === 'EdDSA') return sign(null, Buffer.from(input), key.privateKey)
  return createHmac('sha256', key.privateKey).update(input).digest()
}

export const withSignature = (key: TestKey, input: string): string =>
  `${input}.${signatureOf(key, input).toString('base64url')}`

/** Signs any header over any payload, well-formed or not. */
export const signJws = (key: TestKey, header: object | string, payload: object | string): string =>
  withSignature(key, `${encode(header)}.${encode(payload)}`)

export interface Flaw {
  header?: Record<string, unknown>
  claims?: Record<string, unknown>
}

/** A good token but for the flaw; a member that is `undefined` is left out. */
export const mint = (key: TestKey, nowS: number, { header, claims }: Flaw = {}): string =>
  signJws(key, { ...validHeader(key), ...header }, { ...validClaims(nowS), ...claims })

const padded = (key: TestKey, nowS: number, filler: number) =>
  mint(key, nowS, { claims: { note: 'x'.repeat(filler) } })

/** A good token of so many characters, or of the next number that base64url allows. */
export function mintOfLength(key: TestKey, nowS: number, minLength: number): string {
  let filler = 0
  while (padded(key, nowS, filler).length < minLength) filler += 1
  return padded(key, nowS, filler)
}

/** The one flaw, and a token that is good but for it; undefined where this key has no such token. */
export type InvalidToken = readonly [title: string, make: (forge: TestKeys) => string | undefined]

/** How a table names a value. */
export const display = (value: unknown) => (value === undefined ? 'left out' : JSON.stringify(value))
