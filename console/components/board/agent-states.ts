import type { Wire } from '../../api/client.ts'

export type AgentState = Wire<'Board'>['agents'][number]['state']

/** In the order of a board: who talks first, who is away last. */
export const AGENT_STATES: readonly AgentState[] = [
  ...(['in_call', 'ringing', 'ready', 'after_call', 'break', 'unreachable', 'offline'] as const),
]

/** Agents by state, in the order of a board and of the list. */
export const byState = <T extends { state: AgentState }>(agents: readonly T[]) =>
  AGENT_STATES.map((state) => ({ state, agents: agents.filter((one) => one.state === state) }))
