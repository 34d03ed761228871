import type { CallTracker } from '../../calls/call-tracker.ts'
import type { Directory } from '../../directory/directory.ts'
import type { Agent } from '../agents/agent.ts'
import type { AgentCallStore } from './agent-call.ts'

/** The call that an agent is in now. */
export interface CurrentCall {
  /** Id of the agent call; null if it has none yet: it gets one when a client first reads the call. */
  id: string | null
  callId: string
}

export interface CurrentCallsNeeds {
  callTracker: Pick<CallTracker, 'ofEndpoints'>
  directory: Pick<Directory, 'endpointsOf'>
  agentCallStore: Pick<AgentCallStore, 'findIds'>
}

/** @returns a function that finds the current call of each agent, by agent id; of several calls the first */
export function createCurrentCalls({ callTracker, directory, agentCallStore }: CurrentCallsNeeds) {
  return async (
    agents: readonly Pick<Agent, 'id' | 'extension'>[],
  ): Promise<ReadonlyMap<string, CurrentCall>> => {
    const calls = agents.flatMap(({ id, extension }) => {
      const [call] = extension === null ? [] : callTracker.ofEndpoints(directory.endpointsOf(extension))
      return call === undefined ? [] : [{ agentId: id, callId: call.id }]
    })
    const ids = await agentCallStore.findIds(calls.map(({ callId }) => callId))
    return new Map(calls.map(({ agentId, callId }) => [agentId, { id: ids.get(callId) ?? null, callId }]))
  }
}
