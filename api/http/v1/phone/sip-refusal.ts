import { randomBytes } from 'node:crypto'
import { parseNameAddr } from './sip-address.ts'
import { RELAY_TAG } from './sip-guard.ts'
import type { SipRequest } from './sip-message.ts'

/**
 * The relay's own answer to a request, with the headers that RFC 3261 §8.2.6 copies.
 * @param reason the reason phrase: one line without text of the client
 */
export function refuseSipRequest(request: SipRequest, reason: string): string {
  const isTagged = parseNameAddr(request.to)?.params.has('tag') ?? true
  const tag = isTagged ? '' : `;tag=${RELAY_TAG}${randomBytes(6).toString('hex')}`
  const lines = [
    `SIP/2.0 403 ${reason}`,
    ...(request.headers.get('via') ?? []).map((via) => `Via: ${via}`),
    `From: ${request.from}`,
    `To: ${request.to}${tag}`,
    `Call-ID: ${request.callId}`,
    `CSeq: ${request.cseq}`,
    'Content-Length: 0',
  ]
  return `${lines.join('\r\n')}\r\n\r\n`
}
