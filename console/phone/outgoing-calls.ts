import type { Call, CallStore } from './call-store.ts'
import type { OwnInvites } from './own-invites.ts'
import { type BlockedReason, type CallError, PhoneError, type SupervisedCall } from './phone-types.ts'
import type { SipCall } from './sip-line.ts'

/** How long the INVITE of a call that the API has placed is awaited. */
const INVITE_MS = 20_000

interface OutgoingNeeds {
  store: CallStore
  ownInvites: OwnInvites
  blocked: BlockedReason | undefined
  prepareMicrophone(): Promise<void>
  /** Asks the API for the call. */
  place(number: string, supervised?: SupervisedCall): Promise<{ id: string }>
  end(call: Call, error: CallError | undefined): void
  /** Answers the INVITE of the call. */
  connect(call: Call, sip: SipCall): void
}

/**
 * The page never dials by SIP: it asks the API for the call, and answers the INVITE that has this call's id.
 * @returns a function that dials a number, or listens to a call of the agent with this number, and resolves to the id of the card; it rejects with what the API refuses
 */
export function createOutgoingCalls({
  store,
  ownInvites,
  blocked,
  prepareMicrophone,
  place,
  end,
  connect,
}: OutgoingNeeds): (number: string, supervised?: SupervisedCall) => Promise<string> {
  return async (number, supervised) => {
    if (blocked !== undefined) throw new PhoneError(blocked)
    await prepareMicrophone()
    const peer = { number, name: '' }
    const call = store.add({
      ...{ direction: 'outgoing', apiCallId: undefined, peer, state: 'ringing' },
      ...(supervised && { supervises: supervised.callId }),
    })
    const invite = ownInvites.begin()
    let answer: { id: string }
    try {
      answer = await (supervised === undefined ? place(number) : place(number, supervised))
    } catch (err) {
      invite.refuse()
      end(call, 'refused')
      throw err
    }
    store.update(call, { apiCallId: answer.id })
    const late = setTimeout(() => end(call, 'no_invite'), INVITE_MS)
    invite.accept(answer.id, (sip) => {
      clearTimeout(late)
      // Hung up before its INVITE came.
      if (call.card.state !== 'ringing') return sip.reject(603)
      call.sip = sip
      connect(call, sip)
    })
    return call.card.id
  }
}
