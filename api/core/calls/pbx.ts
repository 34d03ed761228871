import type { ClearedNumber } from '../dial-policy/clearance.ts'

/** What the core asks of a PBX. Each deed is asked for by it, not done: the facts say what came of it. */
export interface Pbx {
  state(): PbxState
  /** What this PBX lets us do, as it said itself when it was last reached. */
  can(deed: PbxCapability): boolean
  /**
   * Rings the endpoint and, once it answers, the number. At most one is ever sent for an id.
   * @throws {Refusal} `unavailable`; `unknown_number` when the PBX knows no such number; `unconfirmed` when it
   *   may have been sent and the link broke: the facts will tell
   */
  dial(order: OriginateRequest): Promise<void>
  /** A channel that is gone is no fault. */
  hangup(channelId: string, why: 'normal' | 'busy'): Promise<void>
  transferBlind(channelId: string, number: ClearedNumber): Promise<void>
  transferAttended(channelId: string, number: ClearedNumber): Promise<void>
  cancelTransfer(channelId: string): Promise<void>
  /**
   * To this end alone: no feature of the PBX reads them.
   * @param digits each of `0-9*#A-D`
   */
  sendDigits(channelId: string, digits: string): Promise<void>
  /**
   * As if they were pressed at this end: what the dialplan runs reads them, and in a bridge also features of the
   * PBX, which dial.
   * @param mayPress asked before each digit. Those after a no are not pressed
   */
  pressDigits(channelId: string, digits: string, mayPress: () => boolean): Promise<void>
  /** @param by the channel that parks, by name: the PBX knows it so */
  park(channelId: string, by: string): Promise<void>
  /** Whether the others hear what comes in from this channel. Told by no fact. */
  mute(channelId: string, muted: boolean): Promise<void>
  pauseRecording(channelId: string, paused: boolean): Promise<void>
  /** Asks a phone that rings to answer by itself; only some do, and others end the call. */
  requestAnswer(channelId: string): Promise<void>
  /** Whether the dialplan has an extension for it; undefined when the PBX cannot say. */
  extensionExists(number: string): Promise<boolean | undefined>
}

export interface OriginateRequest {
  /** Ours, unique over all PBXs and times: becomes the channel's and the call's id. */
  callId: string
  /** The SIP endpoint of the user's own phone: of settings and users, never of a request. */
  endpoint: string
  /** Normalised: `^\+?[0-9*#]{1,32}$`. */
  number: ClearedNumber
  /** Shown on both phones; without a number, of a caller whose extension is none. */
  callerId: { name: string; number: string | undefined }
  /** How long the own phone may ring. */
  ringMs: number
}

export const PBX_CAPABILITIES = [
  'dial',
  'hangup',
  'transfer',
  'attended_transfer',
  'dtmf',
  'park',
  'mute',
  'pause_recording',
  'request_answer',
] as const
export type PbxCapability = (typeof PBX_CAPABILITIES)[number]

export interface PbxState {
  /** Whether commands are taken and what is known is current. */
  online: boolean
  /** Since when it is not, unix ms. */
  offlineSince: number | undefined
  /** A new one with each time the PBX was read afresh. */
  epoch: string | undefined
}
