import type { Claims } from '../../../../contract/claims.ts'

/** What a supervisor does in a call of others: listens; talks to the agent alone; talks to both. */
export const SUPERVISION_MODES = ['listen', 'whisper', 'join'] as const
export type SupervisionMode = (typeof SUPERVISION_MODES)[number]

/** How far supervisors may go, by the setting: each level includes the ones before it. */
export const SUPERVISION_LEVELS = ['off', ...SUPERVISION_MODES] as const
export type SupervisionLevel = (typeof SUPERVISION_LEVELS)[number]

export const allowsMode = (level: SupervisionLevel, mode: SupervisionMode): boolean =>
  SUPERVISION_LEVELS.indexOf(level) >= SUPERVISION_LEVELS.indexOf(mode)

/** A person who may join a call may also take it over. */
export const allowsTakeOver = (level: SupervisionLevel): boolean => level === 'join'

/** What is needed to find that the session has ended; its access tokens are renewed meanwhile. */
export type SessionMark = Pick<Claims, 'sub' | 'sid' | 'jti' | 'iat' | 'gen' | 'role'> & {
  sxp: number | null
}

/** One supervisor's phone that listens to one channel, or rings to do so. */
export interface Supervision {
  /** Of `toSupervisionId`: also the id of the phone's channel. */
  id: string
  callId: string
  /** The agent's channel, which is listened to. */
  channelId: string
  agentId: string
  supervisorId: string
  mode: SupervisionMode
  session: SessionMark
  /** Where the request came from, for the security log. */
  address: string
  /** Unix seconds. */
  startedAt: number
}

/** The supervisions under way, for all API processes. The process that removes one is the one that ends it. */
export interface SupervisionStore {
  /** @throws {Refusal} `conflict` when the supervisor has one already */
  add(supervision: Supervision): Promise<void>
  all(): Promise<Supervision[]>
  /** @returns whether it was there */
  setMode(id: string, mode: SupervisionMode): Promise<boolean>
  /** @returns whether it was there */
  remove(id: string): Promise<boolean>
}

export const SUPERVISION_END_REASONS = [
  'stopped',
  'hung_up',
  'not_answered',
  'call_ended',
  'call_moved',
  'emergency_call',
  'session_ended',
  'out_of_reach',
  'taken_over',
] as const
export type SupervisionEndReason = (typeof SUPERVISION_END_REASONS)[number]

/** As clients see it. */
export interface SupervisionView {
  id: string
  supervisorId: string
  name: string
  mode: SupervisionMode
  /** Whether the supervisor's phone still rings. */
  state: 'ringing' | 'up'
}
