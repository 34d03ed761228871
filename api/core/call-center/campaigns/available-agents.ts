import type { OwnStatus } from '../../presence/user-status-store.ts'
import type { Agent, AgentStore } from '../agents/agent.ts'

/** Somebody who could have a call now. */
export type FreeAgent = Agent & { userId: string; extension: string }

export interface FloorNeeds {
  agents: Pick<AgentStore, 'findAll'>
  statusOf(userId: string): OwnStatus
  /** Whether the phone of an extension is registered. */
  isReachable(extension: string): boolean
  /** Whether it is in a call, or rings. */
  isInCall(extension: string): boolean
  /** Whether an extension may show a number to whom it calls. */
  mayShow(extension: string, callerId: string): boolean
  now(): number
}

/** Who waits for a call. */
export interface Floor {
  /**
   * Those of `ids` who said that they are ready and whose phone is free; who waits the longest is the first.
   * @param busy agents in a call of a lead, by id
   */
  free(ids: readonly string[], busy: ReadonlySet<string>): Promise<FreeAgent[]>
  mayShow(agent: FreeAgent, callerId: string | null): boolean
}

export function createFloor(needs: FloorNeeds): Floor {
  const isFree = (agent: Agent): agent is FreeAgent => {
    const { status, disabled, userId, extension, freeFrom } = agent
    if (status !== 'ready' || disabled || userId === null || extension === null) return false
    if (freeFrom * 1_000 > needs.now() || needs.statusOf(userId) !== 'available') return false
    return needs.isReachable(extension) && !needs.isInCall(extension)
  }
  const waitsSince = ({ freeFrom, statusAt }: Agent) => Math.max(freeFrom, statusAt)

  return {
    async free(ids, busy) {
      const agents = await needs.agents.findAll(ids.filter((id) => !busy.has(id)))
      return agents
        .filter(isFree)
        .sort((a, b) => waitsSince(a) - waitsSince(b) || Number(a.id) - Number(b.id))
    },
    mayShow: ({ extension }, callerId) => callerId === null || needs.mayShow(extension, callerId),
  }
}
