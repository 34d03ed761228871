import { randomBytes } from 'node:crypto'
import { parseNameAddr } from './sip-address.ts'
import { methodOf, type SipMessage, type SipRequest, type SipResponse, sequenceOf } from './sip-message.ts'

/**
 * The calls that the PBX has set up over one socket: when its session ends, the relay hangs up in the browser's place.
 * It is the fast way; what the browser's headers may hide from it, `createSessionCalls` ends.
 */
export interface SipDialogs {
  /** A message of the PBX, by `readPbxMessage`. */
  onPbxMessage(message: SipMessage): void
  /** A message that was passed to the PBX. */
  onBrowserMessage(message: SipMessage): void
  /** A BYE for each call that was answered and is not over. */
  byes(): Buffer[]
}

interface Dialog {
  invite: SipRequest
  /** The browser's own address with its tag, one character for each byte; undefined until it has answered. */
  local: string | undefined
  /** The number of the browser's last request. */
  sequence: number
}

const MAX_DIALOGS = 50

export function createSipDialogs(): SipDialogs {
  const dialogs = new Map<string, Dialog>()

  function addInvite(invite: SipRequest): void {
    if (dialogs.has(invite.callId) || dialogs.size >= MAX_DIALOGS) return
    dialogs.set(invite.callId, { invite, local: undefined, sequence: 0 })
  }

  /** A CANCEL ends what was not answered. */
  function removeEnded({ method, callId }: SipRequest): void {
    const isAnswered = dialogs.get(callId)?.local !== undefined
    if (method === 'BYE' || !isAnswered) dialogs.delete(callId)
  }

  function onResponse(dialog: Dialog, { status, cseq, to, callId }: SipResponse): void {
    const { invite } = dialog
    if (methodOf(cseq) !== 'INVITE' || sequenceOf(cseq) !== sequenceOf(invite.cseq) || status < 200) return
    if (status < 300) dialog.local = Buffer.from(to).toString('latin1')
    else dialogs.delete(callId)
  }

  return {
    onPbxMessage(message) {
      if (message.kind === 'response') {
        // The PBX's word, not the browser's: it answers a BYE of invented tags with 481.
        const isOver = methodOf(message.cseq) === 'BYE' && message.status >= 200 && message.status < 300
        if (isOver) dialogs.delete(message.callId)
      } else if (message.method === 'INVITE') addInvite(message)
      else if (message.method === 'CANCEL' || message.method === 'BYE') removeEnded(message)
    },
    onBrowserMessage(message) {
      const dialog = dialogs.get(message.callId)
      if (dialog === undefined) return
      if (message.kind === 'response') onResponse(dialog, message)
      else dialog.sequence = Math.max(dialog.sequence, sequenceOf(message.cseq))
    },
    byes: () =>
      [...dialogs.values()].flatMap((dialog) => {
        const { local, invite, sequence } = dialog
        const target = parseNameAddr(invite.headers.get('contact')?.[0] ?? '')?.uri
        if (local === undefined || target === undefined) return []
        return [Buffer.from(byeOf(invite, { local, target, sequence }), 'latin1')]
      }),
  }
}

/** @see RFC 3261 §12.2.1.1 for a request within a dialog, §12.1.1 for the route of the side that was called */
function byeOf(
  { from, callId, headers }: SipRequest,
  { local, target, sequence }: { local: string; target: string; sequence: number },
): string {
  const lines = [
    `BYE ${target} SIP/2.0`,
    `Via: SIP/2.0/WS relay.invalid;branch=z9hG4bK${randomBytes(8).toString('hex')}`,
    'Max-Forwards: 70',
    ...(headers.get('record-route') ?? []).map((route) => `Route: ${route}`),
    `From: ${local}`,
    `To: ${from}`,
    `Call-ID: ${callId}`,
    `CSeq: ${sequence + 1} BYE`,
    'Content-Length: 0',
  ]
  return `${lines.join('\r\n')}\r\n\r\n`
}
