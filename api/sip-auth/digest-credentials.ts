import { createHash } from 'node:crypto'
import type { DigestChallenge } from './digest-challenge.ts'

export interface DigestSecret {
  username: string
  /** As typed; hashed as UTF-8. */
  password: string
}

export interface DigestRequest {
  method: string
  /** The request's own URI. */
  uri: string
  /** Of the client, random. */
  cnonce: string
}

/** The first request with a nonce: each of ours is. */
const NONCE_COUNT = '00000001'

/**
 * The value of `Authorization` or `Proxy-Authorization` that answers a challenge (RFC 7616 §3.4, RFC 3261 §22.4).
 * @returns one character a byte
 */
export function formatCredentials(
  challenge: DigestChallenge,
  secret: DigestSecret,
  request: DigestRequest,
): string {
  const { realm, nonce, opaque, algorithm, qop } = challenge
  const response = digestResponse(challenge, secret, request)
  return [
    `Digest username="${secret.username}"`,
    `realm="${realm}"`,
    `nonce="${nonce}"`,
    `uri="${request.uri}"`,
    `response="${response}"`,
    ...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
    ...(opaque === undefined ? [] : [`opaque="${opaque}"`]),
    ...(qop === undefined ? [] : [`qop=${qop}`, `cnonce="${request.cnonce}"`, `nc=${NONCE_COUNT}`]),
  ].join(', ')
}

/** @returns lower-case hex (RFC 7616 §3.4.1; without `qop` as RFC 2069 has it) */
export function digestResponse(
  { realm, nonce, hash, qop }: DigestChallenge,
  { username, password }: DigestSecret,
  { method, uri, cnonce }: DigestRequest,
): string {
  const hex = (...parts: readonly Buffer[]) => createHash(hash).update(Buffer.concat(parts)).digest('hex')
  const latin1 = (text: string) => Buffer.from(text, 'latin1')
  const a1 = hex(latin1(`${username}:${realm}:`), Buffer.from(password, 'utf8'))
  const a2 = hex(latin1(`${method}:${uri}`))
  const middle = qop === undefined ? nonce : `${nonce}:${NONCE_COUNT}:${cnonce}:${qop}`
  return hex(latin1(`${a1}:${middle}:${a2}`))
}
