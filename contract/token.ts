import { createHmac, timingSafeEqual, verify as verifySignature } from 'node:crypto'
import { Claims, type TokenKind, TYP } from './claims.ts'
import type { VerifyingKey } from './keys.ts'

/** A token that reads well: who signed it is proved, whether it still lives is for `verdict.ts` to say. */
export interface Token {
  kind: TokenKind
  claims: Claims
}

/** Looks a key up by `kid` in memory; never a path, a query or a URL (RFC 8725 §3.10). */
export type FindKey = (kid: string) => VerifyingKey | undefined

const MAX_TOKEN_LENGTH = 4096
const KINDS = new Map<unknown, TokenKind>(
  (Object.entries(TYP) as [TokenKind, string][]).map(([kind, typ]) => [typ, kind]), // the keys of TYP are its kinds
)
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Reads a compact JWS strictly: one spelling for each token, known header members only, the signature
 * made with the key `kid` names and by that key's own algorithm, and claims of the right shape.
 * Neither times nor revocations are judged here.
 *
 * @param text three base64url parts joined by dots, without `Bearer `
 * @returns undefined for any flaw: callers need not know which, clients must not
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
 * Whether `signature` is the key's own over `input`; constant-time for HMAC.
 * @param input the ASCII of header and payload with the dot between them (RFC 7515 §2)
 */
export function isValidSignature(key: VerifyingKey, input: string, signature: Buffer): boolean {
  if (key.alg === 'EdDSA')
    return signature.length === 64 && verifySignature(null, Buffer.from(input), key.key, signature)
  const expected = createHmac('sha256', key.key).update(input).digest()
  return signature.length === expected.length && timingSafeEqual(signature, expected)
}

/**
 * Decodes base64url in its one canonical form: no padding, no other alphabet, no unused bits set in the
 * last digit (RFC 4648 §3.5, §5). Otherwise one token would have many spellings.
 */
export function decodeBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : undefined
}

/**
 * Only an object in the very bytes `JSON.stringify` gives is taken: ours are. That alone refuses
 * duplicate members, blanks, a BOM and deep nesting's cost, without a parser of our own.
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
