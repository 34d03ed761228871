import type { Claims } from '../../../contract/claims.ts'
import type { Actor } from '../actor.ts'
import type { Call, CallOutcome } from './call.ts'

/**
 * Commands on calls, and the calls that an actor may see. Users see and command the calls that their own
 * phone is in; other calls do not exist for them (`not_found`). Supervisors and admins command the calls that
 * a phone of a user within their reach is in (see `supervisor-reach.ts`): on behalf of the user they name, or
 * on the leg that fits. A command resolves when an event of the PBX has confirmed it, not when the PBX has
 * accepted the request.
 *
 * All throw {Refusal} `not_found`, `conflict` (the call is not in a state for it), `not_supported`,
 * `unconfirmed`, and `unavailable` with `retryAfter` while the PBX is offline: no command is queued for
 * later.
 */
export interface CallControl {
  /**
   * Rings the actor's own phone, then the number. Resolves when the PBX has accepted it: the outcome comes by
   * event.
   */
  dial(actor: DialingActor, request: DialRequest): Promise<{ callId: string }>
  /** The live calls the actor may see, oldest first. */
  list(actor: Actor): Promise<readonly Call[]>
  /** Finds a call that is live, has just ended, or was only requested so far. */
  find(actor: Actor, callId: string): Promise<CallView>

  answer(actor: Actor, callId: string): Promise<void>
  /**
   * Hangs up the actor's own phone, which ends a call of two. An actor who oversees the call and is not in it
   * ends all of it, or only the phones they oversee if other users' phones are in it too. Does nothing for a
   * call that has ended.
   */
  hangup(actor: Actor, callId: string): Promise<void>
  /** Ends the actor's own ringing legs, desk phone and browser, with "busy"; phones of others go on ringing. */
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

/** DTMF digits that one command takes. */
export const DTMF_DIGITS = /^[0-9*#A-D]{1,32}$/

/**
 * Which of the user's own phones rings: `browser` its browsers alone; `any` the desk phone and the browsers, or the
 * registered one of them where the PBX has no context that rings all (`HOOKSWITCH_RING_CONTEXT`).
 */
export const DIAL_DEVICES = ['any', 'browser'] as const
export type DialDevice = (typeof DIAL_DEVICES)[number]

export interface DialRequest {
  /** As the client sent it; the dial policy parses and checks it. */
  number: string
  /**
   * The user to call from; the actor unless they name a user within their reach. This user's phone rings, and
   * this user's limits count.
   */
  userId?: string
  /** One of the user's own numbers. */
  callerNumber?: string
  /** `any` by default. */
  device?: DialDevice
  /** The same key with the same request returns the same call: it is placed once. */
  idempotencyKey?: string
  /** From `toApiCallId`, for a caller that has to store the id before the call is placed. It may be used once. */
  callId?: string
}

/** The user who dials, or a user for whom the API dials. */
export type DialingActor = Pick<Actor, 'userId'> & { claims: Pick<Claims, 'role'> }

/** The result of `find`. Until the PBX has reported the call, only the request is known. */
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
  'listen',
  'whisper',
  'join',
  'take_over',
] as const
export type CallCommand = (typeof CALL_COMMANDS)[number]

/**
 * How each command is carried out: by the PBX, by the user's own softphone, which is asked over their private
 * channel, or not at all.
 */
export interface CallCapabilities {
  online: boolean
  commands: Readonly<Record<CallCommand, 'pbx' | 'softphone' | 'none'>>
  /** Whether a softphone of the actor subscribes to the private channel now. */
  softphoneConnected: boolean
}
