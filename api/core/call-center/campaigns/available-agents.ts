import type { UserStatus } from '../../presence/user-status-store.ts'
import type { Agent, AgentStore } from '../agents/agent.ts'

/** An agent who could take a call now. */
export type AvailableAgent = Agent & { userId: string; extension: string }

export interface AvailableAgentsNeeds {
  agents: Pick<AgentStore, 'findAll'>
  statusOf(userId: string): UserStatus
  /** Whether the phone of an extension is registered and takes calls: see `createPhoneReachability`. */
  isReachable(extension: string): boolean
  /** Whether the phone of an extension is in a call, or rings. */
  isInCall(extension: string): boolean
  /** Whether an extension may use a number as caller ID. */
  canPresentNumber(extension: string, callerId: string): boolean
  now(): number
}

/** Finds the agents who wait for a call of a campaign. */
export interface AvailableAgents {
  /**
   * Those of `ids` who are ready and have a free phone, the longest idle first.
   * @param busy ids of agents in a call of a lead
   */
  find(ids: readonly string[], busy: ReadonlySet<string>): Promise<AvailableAgent[]>
  canPresentNumber(agent: AvailableAgent, callerId: string | null): boolean
}

export function createAvailableAgents(needs: AvailableAgentsNeeds): AvailableAgents {
  const isAvailable = (agent: Agent): agent is AvailableAgent => {
    const { status, disabled, userId, extension, availableFrom } = agent
    if (status !== 'ready' || disabled || userId === null || extension === null) return false
    if (availableFrom * 1_000 > needs.now() || needs.statusOf(userId) !== 'available') return false
    return needs.isReachable(extension) && !needs.isInCall(extension)
  }
  const idleSince = ({ availableFrom, statusAt }: Agent) => Math.max(availableFrom, statusAt)

  return {
    async find(ids, busy) {
      const agents = await needs.agents.findAll(ids.filter((id) => !busy.has(id)))
      return agents
        .filter(isAvailable)
        .sort((a, b) => idleSince(a) - idleSince(b) || Number(a.id) - Number(b.id))
    },
    canPresentNumber: ({ extension }, callerId) =>
      callerId === null || needs.canPresentNumber(extension, callerId),
  }
}
