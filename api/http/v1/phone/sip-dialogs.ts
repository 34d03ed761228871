import { randomBytes } from 'node:crypto'
import { parseNameAddr } from './sip-address.ts'
import { parseSipMessage, type SipMessage, type SipRequest } from './sip-message.ts'

/** The calls that the PBX has set up over one socket: when its session ends, the relay hangs up in the browser's place. */
export interface SipDialogs {
  /** Any message of the PBX. */
  onPbxMessage(data: Buffer): void
  /** A message that was passed to the PBX. */
  onBrowserMessage(message: SipMessage): void
  /** A BYE for each call that was answered and is not over. */
  byes(): string[]
}

interface Dialog {
  invite: SipRequest
  /** The browser's own address with its tag; undefined until it has answered. */
  local: string | undefined
  /** The number of the browser's last request. */
  sequence: number
}

const MAX_DIALOGS = 50

export function createSipDialogs(): SipDialogs {
  const dialogs = new Map<string, Dialog>()

  function addInvite(data: Buffer): void {
    const invite = parseSipMessage(data)
    if (invite?.kind !== 'request' || dialogs.has(invite.callId) || dialogs.size >= MAX_DIALOGS) return
    dialogs.set(invite.callId, { invite, local: undefined, sequence: 0 })
  }

  /** A CANCEL ends what was not answered. */
  function removeEnded(data: Buffer): void {
    const message = parseSipMessage(data)
    if (message?.kind !== 'request') return
    const isAnswered = dialogs.get(message.callId)?.local !== undefined
    if (message.method === 'BYE' || !isAnswered) dialogs.delete(message.callId)
  }

  function onResponse(dialog: Dialog, { status, cseq, to, callId }: SipMessage & { kind: 'response' }): void {
    if (cseq !== dialog.invite.cseq || status < 200) return
    if (status < 300) dialog.local = to
    else dialogs.delete(callId)
  }

  return {
    onPbxMessage(data) {
      const start = data.subarray(0, 7).toString('latin1')
      if (start === 'INVITE ') addInvite(data)
      else if (start === 'CANCEL ' || start.startsWith('BYE ')) removeEnded(data)
    },
    onBrowserMessage(message) {
      const dialog = dialogs.get(message.callId)
      if (dialog === undefined) return
      if (message.kind === 'response') onResponse(dialog, message)
      else if (message.method === 'BYE') dialogs.delete(message.callId)
      else dialog.sequence = Math.max(dialog.sequence, Number.parseInt(message.cseq, 10))
    },
    byes: () =>
      [...dialogs.values()].flatMap((dialog) => {
        const { local, invite, sequence } = dialog
        const target = parseNameAddr(invite.headers.get('contact')?.[0] ?? '')?.uri
        return local === undefined || target === undefined ? [] : [byeOf(invite, { local, target, sequence })]
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
