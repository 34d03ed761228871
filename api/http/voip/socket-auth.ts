import type { IncomingMessage } from 'node:http'
import type { Claims } from '../../../contract/claims.ts'
import { type Credential, readCredential } from '../../../contract/credential.ts'
import type { TokenVerifier } from '../../../contract/verdict.ts'
import type { TicketRedeemer } from '../../core/auth/stream-tickets.ts'
import { Refusal } from '../../core/refusal.ts'
import { createOriginPolicy } from '../../core/values/origin.ts'
import { refusalForVerdict } from '../guard.ts'

export interface SocketAuthNeeds {
  tokenVerifier: TokenVerifier
  tickets: TicketRedeemer
  /** Other origins that the settings allow to open a socket from a page. */
  allowedOrigins: readonly string[]
}

/** Offered with a token, as browsers cannot set a header: `Sec-WebSocket-Protocol: bearer, <token>`. */
export const SUBPROTOCOL = 'bearer'

/** The verified claims, and the extension of the token. */
export interface SocketIdentity {
  claims: Claims
  extension: string
}

/**
 * Authenticates a request for `/ws?extension=<own extension>` before the upgrade.
 * @throws {Refusal} `not_found`, `forbidden`, `input_invalid`, `token_…`, `unavailable`
 */
export async function authenticateSocket(
  req: IncomingMessage,
  needs: SocketAuthNeeds,
): Promise<SocketIdentity> {
  const [path, query] = splitUrl(req.url ?? '')
  if (path !== '/ws' || req.method !== 'GET') throw new Refusal('not_found')
  if (!isOriginAllowed(req, needs.allowedOrigins))
    throw new Refusal('forbidden', { detail: 'Origin not allowed' })

  const [extension, second] = new URLSearchParams(query).getAll('extension')
  if (extension === undefined || second !== undefined)
    throw new Refusal('input_invalid', { detail: 'extension is required, once' })
  const claims = await verifyCredential(readSocketCredential(req, query), needs)
  // Not even an admin may use another user's extension here.
  if (claims.extension !== extension)
    throw new Refusal('forbidden', { detail: 'The token is not of this extension' })
  return { claims, extension }
}

function splitUrl(url: string): [path: string, query: string | undefined] {
  const at = url.indexOf('?')
  return at < 0 ? [url, undefined] : [url.slice(0, at), url.slice(at + 1)]
}

/** Browsers send `Origin`; other clients do not. */
const isOriginAllowed = ({ headers }: IncomingMessage, allowed: readonly string[]): boolean =>
  headers.origin === undefined ||
  createOriginPolicy(allowed).isAllowedOrSameHost(
    headers.origin,
    headers.host,
    String(headers['x-forwarded-proto']),
  )

/** Header, query and subprotocol may each hold the credential, but not different ones. */
function readSocketCredential({ headers }: IncomingMessage, query: string | undefined): Credential {
  const headerOrQuery = readCredential(headers.authorization, query, ['authorization', 'token', 'ticket'])
  const [scheme = '', token] = (headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim())
  if (scheme.toLowerCase() !== SUBPROTOCOL || headerOrQuery === 'malformed') return headerOrQuery
  if (token === undefined || token === '') return 'malformed'
  if (headerOrQuery === 'missing') return { by: 'token', text: token }
  return headerOrQuery.by === 'token' && headerOrQuery.text === token ? headerOrQuery : 'malformed'
}

async function verifyCredential(
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
