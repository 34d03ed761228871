import { createHmac, timingSafeEqual, verify as verifySignature } from 'node:crypto'
import { Claims, type TokenKind, TYP } from './claims.ts'
import type { VerifyingKey } from './keys.ts'

/** A well-formed token with a valid signature. `verdict.ts` decides whether it is expired or revoked. */
export interface Token {
  kind: TokenKind
  claims: Claims
}

/** Finds a key by `kid` in memory; never uses it as a path, a query or a URL (RFC 8725 §3.10). */
export type FindKey = (kid: string) => VerifyingKey | undefined

const MAX_TOKEN_LENGTH = 4096
const KINDS = new Map<unknown, TokenKind>(
  (Object.entries(TYP) as [TokenKind, string][]).map(([kind, typ]) => [typ, kind]), // the keys of TYP are its kinds
)
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Parses a compact JWS strictly: each token has one valid spelling; the header has known members only; the signature is
 * made with the key that `kid` names, by that key's own algorithm; the claims have the right shape. Times and revocations
 * are not checked.
 *
 * @param text three base64url parts joined by dots, without `Bearer `
 * @returns undefined for any error: callers do not need to know which, and clients must not
 * @see RFC 7515 §5.2, RFC 8725 §3
 */
export function readToken(text: string, findKey: FindKey): Token | undefined {
  if (text.length > MAX_TOKEN_LENGTH) return undefined
  const first = text.indexOf('.')
  const second = text.indexOf('.', first + 1)
  if (first < 0 || second < 0) return undefined

  const header = decodeJson(text.slice(0, first))
  if (header === undefined || !hasOnly(header, 'alg', 'kid', 'typ')) return undefined
  const kind = KINDS.get(header.typ)
  const key = typeof header.kid === 'string' ? findKey(header.kid) : undefined
  if (kind === undefined || key === undefined || key.alg !== header.alg) return undefined

  const signature = decodeBase64url(text.slice(second + 1))
  if (signature === undefined || !isValidSignature(key, text.slice(0, second), signature)) return undefined

  const claims = Claims.safeParse(decodeJson(text.slice(first + 1, second)))
  return claims.success ? { kind, claims: claims.data } : undefined
}

/**
 * Whether `signature` was made with the key over `input`; takes constant time for HMAC.
 * @param input the ASCII of header and payload with the dot between them (RFC 7515 §2)
 */
export function isValidSignature(key: VerifyingKey, input: string, signature: Buffer): boolean {
  if (key.alg === 'EdDSA')
    return signature.length === 64 && verifySignature(null, Buffer.from(input), key.key, signature)
  const expected = createHmac('sha256', key.key).update(input).digest()
  return signature.length === expected.length && timingSafeEqual(signature, expected)
}

/**
 * Decodes base64url in its canonical form alone: no padding, no other alphabet, no unused bits set in the last digit
 * (RFC 4648 §3.5, §5). Otherwise one token would have many spellings.
 * @returns undefined for any other form
 */
export function decodeBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : undefined
}

/**
 * Decodes an object that has exactly the bytes that `JSON.stringify` produces, as issued tokens have. That excludes
 * duplicate members, blanks, a BOM and deep nesting without a parser of its own.
 */
function decodeJson(part: string): Record<string, unknown> | undefined {
  const bytes = decodeBase64url(part)
  if (bytes === undefined) return undefined
  try {
    const text = utf8.decode(bytes)
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    return JSON.stringify(value) === text ? (value as Record<string, unknown>) : undefined // an object, by the line above
  } catch {
    return undefined // not UTF-8, not JSON, or nested beyond the stack
  }
}

function hasOnly(header: Record<string, unknown>, ...names: string[]): boolean {
  return Object.keys(header).every((name) => names.includes(name))
}
