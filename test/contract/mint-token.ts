import { createHmac, type KeyObject, randomBytes, sign } from 'node:crypto'
import { AUDIENCE, ISSUER, TYP } from '../../contract/claims.ts'
import { type Algorithm, toKeyObjects, type VerifyingKey } from '../../contract/keys.ts'

/** A key that can sign as well as verify. */
export type TestKey = VerifyingKey & { privateKey: KeyObject }

/** What the invalid tokens are made with: a key of each algorithm, and the time. */
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

/** Claims that are valid at `nowS`. */
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

/** The key's signature over any text. */
export function signatureOf(key: TestKey, input: string): Buffer {
  if (key.alg === 'EdDSA') return sign(null, Buffer.from(input), key.privateKey)
  return createHmac('sha256', key.privateKey).update(input).digest()
}

export const withSignature = (key: TestKey, input: string): string =>
  `${input}.${signatureOf(key, input).toString('base64url')}`

/** Signs any header over any payload, well-formed or not. */
export const signJws = (key: TestKey, header: object | string, payload: object | string): string =>
  withSignature(key, `${encode(header)}.${encode(payload)}`)

export interface TokenChanges {
  header?: Record<string, unknown>
  claims?: Record<string, unknown>
}

/** A valid token but for the changes; a member that is `undefined` is left out. */
export const mint = (key: TestKey, nowS: number, { header, claims }: TokenChanges = {}): string =>
  signJws(key, { ...validHeader(key), ...header }, { ...validClaims(nowS), ...claims })

const padded = (key: TestKey, nowS: number, filler: number) =>
  mint(key, nowS, { claims: { note: 'x'.repeat(filler) } })

/** A valid token of at least `minLength` characters, as short as base64url allows. */
export function mintOfLength(key: TestKey, nowS: number, minLength: number): string {
  let filler = 0
  while (padded(key, nowS, filler).length < minLength) filler += 1
  return padded(key, nowS, filler)
}

/** One defect, and a token that is valid but for it; undefined if this key has no such token. */
export type InvalidToken = readonly [title: string, make: (forge: TestKeys) => string | undefined]

/** Shows a value in a title. */
export const display = (value: unknown) => (value === undefined ? 'left out' : JSON.stringify(value))
