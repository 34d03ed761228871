import type { Claims } from '../../../contract/claims.ts'
import type { Actor } from '../actor.ts'
import type { Call, CallOutcome } from './call.ts'

/**
 * Commands on calls, and what is known of them. A user acts on and sees the calls their own phone is in; for
 * others there is no such call (`not_found`). Supervisors and admins act on those that a phone is in of somebody
 * they oversee (see `reach.ts`), as whoever they name or as the phone of theirs that fits. Every command is over
 * when its fact was heard, not when the PBX took the order.
 *
 * All throw {Refusal} `not_found`, `conflict` (the call is not in a state for it), `not_supported`,
 * `unconfirmed`, and `unavailable` with `retryAfter` while the PBX is away: nothing is kept for later.
 */
export interface CallControl {
  /** Rings the actor's own phone, then the number. Over when the PBX has it: the outcome comes by event. */
  dial(actor: DialingActor, request: DialRequest): Promise<{ callId: string }>
  /** The live calls the actor may see, oldest first. */
  list(actor: Actor): Promise<readonly Call[]>
  /** Live, just over, or only asked for. */
  find(actor: Actor, callId: string): Promise<CallView>

  answer(actor: Actor, callId: string): Promise<void>
  /**
   * Hangs the actor's own phone up, which ends a call of two; for those who oversee it and are not in it, all
   * of it, or only the phones they oversee where others' are in it too. One that is over already is no fault.
   */
  hangup(actor: Actor, callId: string): Promise<void>
  /** Ends the actor's own ringing leg with "busy", whatever else rings. */
  decline(actor: Actor, callId: string): Promise<void>
  hold(actor: Actor, callId: string): Promise<void>
  unhold(actor: Actor, callId: string): Promise<void>
  transfer(actor: Actor, callId: string, number: string): Promise<void>
  /** Rings the number and puts the other end on hold, until it is completed or cancelled. */
  startTransfer(actor: Actor, callId: string, number: string): Promise<void>
  completeTransfer(actor: Actor, callId: string): Promise<void>
  cancelTransfer(actor: Actor, callId: string): Promise<void>
  sendDigits(actor: Actor, callId: string, digits: string): Promise<void>
  /** @returns the parking space the other end waits in */
  park(actor: Actor, callId: string): Promise<{ space: string }>
  mute(actor: Actor, callId: string, muted: boolean): Promise<void>
  pauseRecording(actor: Actor, callId: string, paused: boolean): Promise<void>

  capabilities(actor: Actor): CallCapabilities
}

/** Keys of a phone, as many as one command takes. */
export const DTMF_DIGITS = /^[0-9*#A-D]{1,32}$/

export interface DialRequest {
  /** As the client sent it: the dial policy normalises and judges it. */
  number: string
  /** Whose phone rings and pays; the actor's own unless they name a user they oversee. */
  userId?: string
  /** One of the user's own numbers. */
  callerNumber?: string
  /** The same key with the same request gives the same call, and never a second one. */
  idempotencyKey?: string
  /** Of `ourCallId`, for whoever has to keep it before it is dialled. It may be used once. */
  callId?: string
}

/** Whoever dials: a user who asks, or the API itself in the name of one. */
export type DialingActor = Pick<Actor, 'userId'> & { claims: Pick<Claims, 'role'> }

/** A call as `find` gives it: while the PBX knows nothing of it there is only what we were asked for. */
export type CallView =
  | { kind: 'live'; call: Call }
  | { kind: 'requested'; id: string; number: string; createdAt: number; outcome: CallOutcome | undefined }

export const CALL_COMMANDS = [
  'dial',
  'answer',
  'hangup',
  'decline',
  'hold',
  'unhold',
  'transfer',
  'attended_transfer',
  'dtmf',
  'park',
  'mute',
  'pause_recording',
] as const
export type CallCommand = (typeof CALL_COMMANDS)[number]

/**
 * How each command is done here: by the `pbx`, by asking the user's own `softphone` over their private
 * channel, or not at all.
 */
export interface CallCapabilities {
  online: boolean
  commands: Readonly<Record<CallCommand, 'pbx' | 'softphone' | 'none'>>
  /** Whether a softphone of the actor follows the private channel now. */
  softphoneConnected: boolean
}
