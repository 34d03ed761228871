import type { AgentStatus } from '../agents/agent.ts'
import type { LiveLeg } from './agent-legs.ts'

export const BOARD_STATES = [
  'in_call',
  'ringing',
  'ready',
  'after_call',
  'break',
  /** The agent is ready, and has no phone that could ring. */
  'unreachable',
  'offline',
] as const
export type BoardState = (typeof BOARD_STATES)[number]

/** An agent as stored. Times are unix seconds. */
export interface BoardAgentRow {
  id: string
  name: string
  team: string | null
  status: AgentStatus
  statusAt: number
  /** No campaign gives the agent a call before. */
  availableFrom: number
  extension: string | null
}

export interface BoardAgent {
  id: string
  name: string
  team: string | null
  state: BoardState
  /** Start of the state, unix seconds; null where it is not known. */
  since: number | null
  /** When a state ends by itself, unix seconds; null: it does not. */
  until: number | null
}

export interface PhoneView {
  isReachable(extension: string): boolean
  /** When a phone of the extension was last in a call, unix seconds; undefined where it is not known. */
  lastCallEnd(extension: string): number | undefined
  /** While the PBX is offline no agent can be called, and there are no live calls. */
  isOnline: boolean
  /** Unix seconds. */
  now: number
}

const toSeconds = (pbxTime: number) => Math.floor(pbxTime / 1_000_000)

/** @param legs live ones of the agent's phones, oldest call first */
export function agentState(agent: BoardAgentRow, legs: readonly LiveLeg[], phones: PhoneView): BoardAgent {
  const { id, name, team, status, statusAt, availableFrom, extension } = agent
  const withState = (state: BoardState, since: number | null, until: number | null = null): BoardAgent => ({
    ...{ id, name, team, state, since, until },
  })
  const talking = legs.find(({ leg }) => leg.state === 'up')
  if (talking !== undefined) {
    return withState(
      'in_call',
      toSeconds(talking.leg.answeredAt ?? talking.call.answeredAt ?? talking.call.startedAt),
    )
  }
  const ringing = legs[0]
  if (ringing !== undefined) return withState('ringing', toSeconds(ringing.call.startedAt))
  if (status !== 'ready') return withState(status, statusAt)
  const isReachable = extension !== null && phones.isOnline && phones.isReachable(extension)
  // When a phone went away is not known.
  if (!isReachable) return withState('unreachable', null)
  const callEnd = phones.lastCallEnd(extension)
  if (availableFrom > phones.now) {
    return withState('after_call', callEnd === undefined ? null : Math.max(statusAt, callEnd), availableFrom)
  }
  return withState('ready', Math.max(statusAt, availableFrom, callEnd ?? 0))
}
