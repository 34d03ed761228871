import type { Directory } from '../../directory/directory.ts'
import type { Agent, AgentStore } from './agent.ts'
import type { Scope } from './scope.ts'

/** Whose agent a user is. */
export interface Overseeing {
  /** Undefined for a user that has no phone or is gone. */
  agentOf(userId: string): Promise<Agent | undefined>
}

/** Whether a scope shows what is this agent's. */
export const oversees = (scope: Scope, agent: Pick<Agent, 'id' | 'team'>): boolean =>
  scope.sees === 'all' || scope.agentId === agent.id || (scope.sees === 'team' && scope.team === agent.team)

export function createOverseeing(needs: {
  agents: Pick<AgentStore, 'ofUser'>
  directory: Pick<Directory, 'ofUser'>
  now: () => number
}): Overseeing {
  return {
    async agentOf(userId) {
      const person = needs.directory.ofUser(userId)
      if (person === undefined) return undefined
      return needs.agents.ofUser(userId, Math.floor(needs.now() / 1000), async () => person.name)
    },
  }
}
