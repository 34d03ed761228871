import type { IncomingMessage } from 'node:http'
import type { Claims } from '../../contract/claims.ts'
import type { Credential } from '../../contract/credential.ts'
import type { TokenVerifier } from '../../contract/verdict.ts'
import type { TicketRedeemer } from '../core/auth/stream-tickets.ts'
import { Refusal } from '../core/refusal.ts'
import { createOriginPolicy } from '../core/values/origin.ts'
import { refusalForVerdict } from './guard.ts'

/** What the sockets of all surfaces need to authenticate a handshake. */
export interface SocketAuthNeeds {
  tokenVerifier: TokenVerifier
  tickets: TicketRedeemer
  /** Other origins that the settings allow to open a socket from a page. */
  allowedOrigins: readonly string[]
}

export function splitUrl(url: string): [path: string, query: string | undefined] {
  const at = url.indexOf('?')
  return at < 0 ? [url, undefined] : [url.slice(0, at), url.slice(at + 1)]
}

/**
 * Browsers send `Origin`; other clients do not.
 * @throws {Refusal} `forbidden` for a page of a host that is neither the requested one nor in the settings
 */
export function requireAllowedOrigin({ headers }: IncomingMessage, allowed: readonly string[]): void {
  const { origin, host } = headers
  const protocol = String(headers['x-forwarded-proto'])
  if (origin === undefined || createOriginPolicy(allowed).isAllowedOrSameHost(origin, host, protocol)) return
  throw new Refusal('forbidden', { detail: 'Origin not allowed' })
}

/** The subprotocols that the client offers, in its order. */
export const offeredSubprotocols = ({ headers }: IncomingMessage): string[] =>
  (headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim())

/**
 * Verifies an access token, or redeems a ticket.
 * @throws {Refusal} `token_…`, `unavailable`
 */
export async function verifySocketCredential(
  credential: Credential,
  { tokenVerifier, tickets }: SocketAuthNeeds,
): Promise<Claims> {
  if (credential === 'missing') throw new Refusal('token_missing')
  if (credential === 'malformed' || credential.by === 'link') throw new Refusal('token_invalid')
  if (credential.by === 'token') {
    const verdict = tokenVerifier.verify(credential.text, 'access')
    if (!verdict.ok) throw refusalForVerdict(verdict.code)
    return verdict.claims
  }
  const claims = await tickets.redeem(credential.text)
  if (claims === undefined) throw new Refusal('token_invalid')
  const invalid = tokenVerifier.checkClaims(claims)
  if (invalid !== undefined) throw refusalForVerdict(invalid)
  return claims
}
