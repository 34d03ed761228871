import { toUnixSeconds } from '../../../../runtime/time.ts'
import type { Directory } from '../../directory/directory.ts'
import type { Agent, AgentStore } from './agent.ts'

/** Finds the agent of a user. */
export interface AgentLookup {
  /** Undefined for a user who has no phone or was deleted. Creates the agent if the user has none yet. */
  findByUser(userId: string): Promise<Agent | undefined>
}

export function createAgentLookup(needs: {
  agents: Pick<AgentStore, 'findOrCreateForUser'>
  directory: Pick<Directory, 'findByUser'>
  now: () => number
}): AgentLookup {
  return {
    async findByUser(userId) {
      const entry = needs.directory.findByUser(userId)
      if (entry === undefined) return undefined
      return needs.agents.findOrCreateForUser(userId, toUnixSeconds(needs.now()), async () => entry.name)
    },
  }
}
