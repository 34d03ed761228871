import type { IncomingMessage } from 'node:http'
import type { Claims } from '../../../../contract/claims.ts'
import { readCredential } from '../../../../contract/credential.ts'
import { invalidInput, Refusal } from '../../../core/refusal.ts'
import {
  offeredSubprotocols,
  requireAllowedOrigin,
  type SocketAuthNeeds,
  splitUrl,
  verifySocketCredential,
} from '../../socket-handshake.ts'

/** RFC 7118 §4. */
export const SUBPROTOCOL = 'sip'

/** The own path, and that of clients of MikoPBX's softphone module. */
export const PHONE_SOCKET_PATHS: readonly string[] = ['/api/v1/phone/socket', '/pbxcore/softphone/ws']

/** The verified claims, and the extension of the token. */
export interface PhoneIdentity {
  claims: Claims
  extension: string
}

/**
 * Authenticates a handshake by header, `?authorization=` or `?ticket=`, before the upgrade. A ticket is spent last, so that
 * a client which made another mistake may use it again.
 * @throws {Refusal} `not_found`, `forbidden`, `input_invalid`, `token_…`, `unavailable`
 */
export async function authenticatePhone(
  req: IncomingMessage,
  needs: SocketAuthNeeds,
): Promise<PhoneIdentity> {
  const [path, query] = splitUrl(req.url ?? '')
  if (!PHONE_SOCKET_PATHS.includes(path) || req.method !== 'GET') throw new Refusal('not_found')
  requireAllowedOrigin(req, needs.allowedOrigins)
  const credential = readCredential(req.headers.authorization, query, ['authorization', 'ticket'])
  if (credential === 'missing') throw new Refusal('token_missing')
  if (!offeredSubprotocols(req).includes(SUBPROTOCOL))
    throw invalidInput('the subprotocol sip is required: Sec-WebSocket-Protocol: sip')
  const claims = await verifySocketCredential(credential, needs)
  if (claims.extension === undefined) throw new Refusal('forbidden', { detail: 'you have no extension' })
  return { claims, extension: claims.extension }
}
