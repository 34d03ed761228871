import type { PbxTime } from './pbx-events.ts'

/**
 * One call, derived from the events of its channels and from what the API requested. Times are microseconds
 * of the PBX's clock.
 */
export interface Call {
  /** Ours (`hk_…`) for a call that the API placed, else the PBX's own. */
  id: string
  state: CallState
  direction: CallDirection
  /** Numbers and names of the caller and of the number that was called. */
  from: Party
  to: Party
  legs: readonly Leg[]
  /** All numbers that its ends had or were sent to, also by a transfer or a consultation, and in calls that joined it. */
  numbers: readonly string[]
  startedAt: PbxTime
  answeredAt: PbxTime | undefined
  /** It was answered before the first event of it: `answeredAt` is the moment of that event. */
  answeredBeforeSeen?: true
  endedAt: PbxTime | undefined
  /** It only led into another call, as when a phone picks up a colleague's call: the history has the other one. */
  mergedIntoAnother?: true
  /** Why it ended; undefined while it is live. */
  outcome: CallOutcome | undefined
  /** Q.850 cause of the end, where the PBX reported one. */
  cause: number | undefined
  recording: 'off' | 'on' | 'paused'
  /** All recordings in order of their start, also those that have ended. */
  recordings: readonly Recording[]
}

export interface Recording {
  /** The channel that is or was recorded. */
  channelId: string
  /** Relative to the folder that the PBX records into; undefined where it did not name the file. */
  file: string | undefined
  state: 'off' | 'on' | 'paused'
}

/**
 * - `dialling`: the caller's own phone rings first
 * - `ringing`: the other end rings
 * - `held`: an end has put the others on hold
 */
export type CallState = 'dialling' | 'ringing' | 'up' | 'held' | 'parked' | 'ended'
export const CALL_DIRECTIONS = ['internal', 'incoming', 'outgoing'] as const
export type CallDirection = (typeof CALL_DIRECTIONS)[number]

export interface Party {
  number: string
  name: string
}

/** One phone's or trunk's part in a call. */
export interface Leg {
  /** The channel's Uniqueid: for commands to the PBX, never for clients. */
  channelId: string
  channelName: string
  /** The SIP endpoint; undefined for a channel that belongs to no phone or trunk. */
  endpoint: string | undefined
  number: string
  name: string
  state: 'dialling' | 'ringing' | 'up' | 'ended'
  /** Whether this end has put the others on hold. */
  holds: boolean
  parkingSpace: string | undefined
  /** A blind transfer sent it on. */
  transferred?: true
  /**
   * The bridge it is in: the same id for all ends of one conversation, also across a Local channel between
   * two bridges.
   */
  bridge: string | undefined
  /** Whether it called or was called. */
  role: 'caller' | 'callee'
  /** When it went up, if it has. */
  answeredAt: PbxTime | undefined
  /** A person refused the call at this phone. */
  refused?: true
}

/**
 * - `answered` two ends talked
 * - `busy`, `no_answer`, `declined`, `unavailable` (not registered), `congestion`: of the end that was called
 * - `own_busy`, `own_no_answer`, `own_declined`, `own_unavailable`: of the caller's own phone, which rings
 *   first when the API places a call
 * - `cancelled` the caller hung up before an answer
 * - `unknown_number` the PBX has no such number
 * - `failed` the PBX reported only a failure
 * - `unknown` no API was connected when it ended
 */
export const CALL_OUTCOMES = [
  'answered',
  'busy',
  'no_answer',
  'declined',
  'unavailable',
  'congestion',
  'own_busy',
  'own_no_answer',
  'own_declined',
  'own_unavailable',
  'cancelled',
  'unknown_number',
  'failed',
  'unknown',
] as const
export type CallOutcome = (typeof CALL_OUTCOMES)[number]
