import type { UserStatus } from '../../presence/user-status-store.ts'
import type { Agent, AgentStatus, AgentStore } from '../agents/agent.ts'
import type { Campaign } from './campaign.ts'
import { busyAgentIds, type DialAttempt } from './dial-queue.ts'

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

/** Whether an agent could take a call now, and if not, why. */
export type AgentAvailability =
  | { state: 'free' }
  | { state: 'not_ready'; status: AgentStatus }
  | { state: 'away'; presence: UserStatus }
  /** `until` in unix seconds: they wrap up, or rest because their phone was not picked up. */
  | { state: 'resting'; until: number }
  | { state: 'disabled' | 'no_phone' | 'phone_unreachable' | 'in_call' }

/** Finds the agents who wait for a call of a campaign. */
export interface AvailableAgents {
  /**
   * Those of `ids` who are ready and have a free phone, the longest idle first.
   * @param busy ids of agents in a call of a lead
   */
  find(ids: readonly string[], busy: ReadonlySet<string>): Promise<AvailableAgent[]>
  /** All of `ids`, by the same rule. */
  describe(
    ids: readonly string[],
    busy: ReadonlySet<string>,
  ): Promise<{ agent: Agent; availability: AgentAvailability }[]>
  canPresentNumber(agent: Pick<AvailableAgent, 'extension'>, callerId: string | null): boolean
}

export function createAvailableAgents(needs: AvailableAgentsNeeds): AvailableAgents {
  function availabilityOf(agent: Agent, isBusy: boolean): AgentAvailability {
    const { status, disabled, userId, extension, availableFrom } = agent
    if (disabled) return { state: 'disabled' }
    if (userId === null || extension === null) return { state: 'no_phone' }
    if (isBusy) return { state: 'in_call' }
    if (status !== 'ready') return { state: 'not_ready', status }
    const presence = needs.statusOf(userId)
    if (presence !== 'available') return { state: 'away', presence }
    if (!needs.isReachable(extension)) return { state: 'phone_unreachable' }
    if (needs.isInCall(extension)) return { state: 'in_call' }
    if (availableFrom * 1_000 > needs.now()) return { state: 'resting', until: availableFrom }
    return { state: 'free' }
  }
  // True for the type: an agent without a user or an extension is `no_phone`.
  const isAvailable = (agent: Agent): agent is AvailableAgent => availabilityOf(agent, false).state === 'free'
  const idleSince = ({ availableFrom, statusAt }: Agent) => Math.max(availableFrom, statusAt)

  return {
    async find(ids, busy) {
      const agents = await needs.agents.findAll(ids.filter((id) => !busy.has(id)))
      return agents
        .filter(isAvailable)
        .sort((a, b) => idleSince(a) - idleSince(b) || Number(a.id) - Number(b.id))
    },
    async describe(ids, busy) {
      const agents = await needs.agents.findAll(ids)
      return agents
        .map((agent) => ({ agent, availability: availabilityOf(agent, busy.has(agent.id)) }))
        .sort((a, b) => Number(a.agent.id) - Number(b.agent.id))
    },
    canPresentNumber: ({ extension }, callerId) =>
      callerId === null || needs.canPresentNumber(extension, callerId),
  }
}

/** The agents who could take a call of a campaign now, the longest idle first. */
export async function findCandidates(
  availableAgents: Pick<AvailableAgents, 'find' | 'canPresentNumber'>,
  { agentIds, rules }: Pick<Campaign, 'agentIds' | 'rules'>,
  attempts: readonly Pick<DialAttempt, 'agentId'>[],
): Promise<AvailableAgent[]> {
  const available = await availableAgents.find(agentIds, busyAgentIds(attempts))
  return available.filter((agent) => availableAgents.canPresentNumber(agent, rules.callerId))
}
