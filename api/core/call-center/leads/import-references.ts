import { LRUCache } from 'lru-cache'
import { Refusal } from '../../refusal.ts'
import type { AgentStore } from '../agents/agent.ts'
import type { Scope } from '../agents/scope.ts'
import type { Ownership } from './lead-input.ts'
import { resolveOwner } from './lead-ownership.ts'
import type { CampaignFinder } from './leads.ts'

/** Agents, and campaigns, that an import remembers. */
const MAX_CACHED = 10_000

/** Checks the agents and campaigns that rows name. Caches the results for one import. */
export function createReferenceCheck(
  { agents, campaigns }: { agents: Pick<AgentStore, 'find'>; campaigns: CampaignFinder },
  scope: Scope,
  defaultOwner: Ownership,
) {
  const owners = new LRUCache<string, Promise<Ownership>>({ max: MAX_CACHED })
  const campaignCache = new LRUCache<string, Promise<boolean>>({ max: MAX_CACHED })
  return {
    async findOwner(agentId: string): Promise<Ownership> {
      const owner = owners.get(agentId) ?? resolveOwner(agents, scope, { agentId }, defaultOwner)
      owners.set(agentId, owner as Promise<Ownership>) // merged with the default below
      return { ...defaultOwner, ...(await owner) }
    },
    async requireCampaign(id: string): Promise<void> {
      const exists = campaignCache.get(id) ?? campaigns.find(id, scope).then((one) => one !== undefined)
      campaignCache.set(id, exists)
      if (!(await exists)) throw new Refusal('not_found', { detail: 'no such campaign' })
    },
  }
}
export type ReferenceCheck = ReturnType<typeof createReferenceCheck>
