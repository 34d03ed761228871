import type { IncomingMessage } from 'node:http'
import type { Claims } from '../../../contract/claims.ts'
import { type Credential, readCredential } from '../../../contract/credential.ts'
import { Refusal } from '../../core/refusal.ts'
import {
  offeredSubprotocols,
  requireAllowedOrigin,
  type SocketAuthNeeds,
  splitUrl,
  verifySocketCredential,
} from '../socket-handshake.ts'

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
  requireAllowedOrigin(req, needs.allowedOrigins)

  const [extension, second] = new URLSearchParams(query).getAll('extension')
  if (extension === undefined || second !== undefined)
    throw new Refusal('input_invalid', { detail: 'extension is required, once' })
  const claims = await verifySocketCredential(readSocketCredential(req, query), needs)
  // Not even an admin may use another user's extension here.
  if (claims.extension !== extension)
    throw new Refusal('forbidden', { detail: 'The token is not of this extension' })
  return { claims, extension }
}

/** Header, query and subprotocol may each hold the credential, but not different ones. */
function readSocketCredential(req: IncomingMessage, query: string | undefined): Credential {
  const headerOrQuery = readCredential(req.headers.authorization, query, ['authorization', 'token', 'ticket'])
  const [scheme = '', token] = offeredSubprotocols(req)
  if (scheme.toLowerCase() !== SUBPROTOCOL || headerOrQuery === 'malformed') return headerOrQuery
  if (token === undefined || token === '') return 'malformed'
  if (headerOrQuery === 'missing') return { by: 'token', text: token }
  return headerOrQuery.by === 'token' && headerOrQuery.text === token ? headerOrQuery : 'malformed'
}
