import { toUnixSeconds } from '../../../../runtime/time.ts'
import type { Directory } from '../../directory/directory.ts'
import type { Agent, AgentStore } from './agent.ts'
import type { Scope } from './scope.ts'

/** Whose agent a user is. */
export interface AgentLookup {
  /** Undefined for a user that has no phone or is gone. */
  findByUser(userId: string): Promise<Agent | undefined>
}

/** Whether a scope shows what is this agent's. */
export const covers = (scope: Scope, agent: Pick<Agent, 'id' | 'team'>): boolean =>
  scope.sees === 'all' || scope.agentId === agent.id || (scope.sees === 'team' && scope.team === agent.team)

export function createAgentLookup(needs: {
  agents: Pick<AgentStore, 'findOrCreateForUser'>
  directory: Pick<Directory, 'findByUser'>
  now: () => number
}): AgentLookup {
  return {
    async findByUser(userId) {
      const person = needs.directory.findByUser(userId)
      if (person === undefined) return undefined
      return needs.agents.findOrCreateForUser(userId, toUnixSeconds(needs.now()), async () => person.name)
    },
  }
}
