import { createSipGuard } from '../../../../../api/http/v1/phone/sip-guard.ts'
import { parseSipMessage } from '../../../../../api/http/v1/phone/sip-message.ts'
import { type SipRequestFields, sipRequest } from '../../../../support/sip-messages.ts'

export const ENDPOINT = '1003-web'
export const IDENTITY = { endpoint: ENDPOINT, isPhone: (user: string) => /^\d{4}(?:-web)?$/.test(user) }
/** What happens to a message; `malformed` closes the socket. */
export function outcomeOf(text: string, guard = createSipGuard(IDENTITY)): string {
  const message = parseSipMessage(Buffer.from(text))
  return message === undefined ? 'malformed' : guard.check(message).action
}
export const digest = (username: string) =>
  `Digest algorithm=MD5, username=${username}, realm="asterisk", nonce="1/2", uri="sip:pbx", response="0a"`
/** Within a dialog that the PBX has started. */
export const inDialog = (method: string, more: SipRequestFields = {}): string =>
  sipRequest({
    method,
    to: '"Ольга \\"O\\" P" <sip:1001@pbx.example.org>;tag=8d7c',
    contact: '<sip:k3j2h1@9f8e7d.invalid;transport=ws;ob>',
    ...more,
  })
