import { WebSocket } from 'ws'
import { Refusal } from '../../../core/refusal.ts'
import { SUBPROTOCOL } from './phone-socket-auth.ts'

/** The longest message of SIP over WebSocket, in bytes, in both directions. */
export const MAX_SIP_BYTES = 65_536

const CONNECT_TIMEOUT_MS = 5_000

/**
 * Connects to the PBX's WebSocket transport. The socket is paused: resume it once its messages can be taken.
 * @param url `ws://…` or `wss://…`
 * @throws {Refusal} `unavailable`
 */
export function connectToPbx(url: string): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const pbx = new WebSocket(url, SUBPROTOCOL, {
      handshakeTimeout: CONNECT_TIMEOUT_MS,
      maxPayload: MAX_SIP_BYTES,
      perMessageDeflate: false,
      followRedirects: false,
    })
    const onError = (cause: Error) =>
      reject(new Refusal('unavailable', { detail: 'the PBX takes no phones now', retryAfter: 2, cause }))
    pbx.once('error', onError)
    pbx.once('open', () => {
      pbx.off('error', onError)
      pbx.pause()
      resolve(pbx)
    })
  })
}
