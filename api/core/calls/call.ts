import type { PbxTime } from './pbx-events.ts'

/**
 * One call, as its channels tell: everything here follows from facts and from what we asked for.
 * Times are microseconds of the PBX's clock.
 */
export interface Call {
  /** Ours for a call we dialled (`hk_…`), else the PBX's own. */
  id: string
  state: CallState
  direction: CallDirection
  /** Who called and who was to be reached, as numbers and names. */
  from: Party
  to: Party
  legs: readonly Leg[]
  startedAt: PbxTime
  answeredAt: PbxTime | undefined
  /** It had been answered before anything was heard of it: `answeredAt` is only when that was seen. */
  answeredBeforeSeen?: true
  endedAt: PbxTime | undefined
  /** It was a mere way into another call, as of a phone that picks up for a colleague: the history has the other one. */
  mergedIntoAnother?: true
  /** Why it ended; undefined while it lasts. */
  outcome: CallOutcome | undefined
  /** Q.850 cause of the end, where the PBX told. */
  cause: number | undefined
  recording: 'off' | 'on' | 'paused'
  /** Everything that was recorded of it, the first first, also when it is over. */
  recordings: readonly Recording[]
}

export interface Recording {
  /** The channel that is or was recorded. */
  channelId: string
  /** Relative to the folder that the PBX records into; undefined where it did not name the file. */
  file: string | undefined
  state: 'off' | 'on' | 'paused'
}

/** `dialling`: our own phone rings first; `ringing`: the other end rings; `held`: somebody is on hold. */
export type CallState = 'dialling' | 'ringing' | 'up' | 'held' | 'parked' | 'ended'
export const CALL_DIRECTIONS = ['internal', 'incoming', 'outgoing'] as const
export type CallDirection = (typeof CALL_DIRECTIONS)[number]

export interface Party {
  number: string
  name: string
}

/** One phone's or trunk's part in a call. */
export interface Leg {
  /** The channel's Uniqueid: for the PBX, never for clients. */
  channelId: string
  channelName: string
  /** The SIP endpoint; undefined for what is no phone. */
  endpoint: string | undefined
  number: string
  name: string
  state: 'dialling' | 'ringing' | 'up' | 'ended'
  /** Whether this end has put the others on hold. */
  holds: boolean
  parkingSpace: string | undefined
  /** The bridge it is in; the same for all who hear each other, also by a Local channel between two bridges. */
  bridge: string | undefined
  /** Whether it called or was called. */
  role: 'caller' | 'callee'
  /** When it went up, if it did. */
  answeredAt: PbxTime | undefined
}

/**
 * - `answered` two ends talked
 * - `busy`, `no_answer`, `declined`, `unavailable` (not registered), `congestion`: of the end that was called
 * - `own_busy`, `own_no_answer`, `own_declined`, `own_unavailable`: of our own phone, which a dialled call rings first
 * - `cancelled` the caller gave up; `unknown_number` the PBX knows no such number
 * - `failed` the PBX says only that it failed
 * - `unknown` nobody listened when it ended
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
