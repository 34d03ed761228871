import { Refusal } from '../../refusal.ts'
import type { AgentStore } from '../agents/agent.ts'
import type { Standing } from '../agents/call-center-actor.ts'
import type { Scope } from '../agents/scope.ts'
import type { CampaignStore } from '../campaigns/campaign-store.ts'
import type { Lead, LeadNote } from './lead.ts'
import { changeOf, type LeadWish, newLead, refuseWhileDialling, type Spelling } from './lead-input.ts'
import { ownerByDefault, ownerOf } from './lead-ownership.ts'
import type { LeadFilter, LeadOrder, LeadPlace } from './lead-search.ts'
import type { LeadStore } from './lead-store.ts'

/** Whom to call: who sees and changes what, and what follows from it for the queue. */
export interface Leads {
  list(
    who: Standing,
    filter: LeadFilter,
    order: LeadOrder,
    page: { after?: LeadPlace | undefined; limit: number },
  ): Promise<Lead[]>
  /** @throws {Refusal} `not_found` */
  find(who: Standing, id: string): Promise<{ lead: Lead; notes: LeadNote[] }>
  /** @throws {Refusal} `input_invalid`, `forbidden`, `not_found` for an agent or campaign that `who` may not see */
  create(who: Standing, wish: LeadWish): Promise<Lead>
  /**
   * @param version of the lead that was read, where the client says
   * @throws {Refusal} as `create`, `stale`, `conflict` for what cannot be while the lead is called
   */
  update(who: Standing, id: string, wish: LeadWish, version: number | undefined): Promise<Lead>
  /** @throws {Refusal} `not_found`, `conflict`, `stale` */
  remove(who: Standing, id: string, version: number | undefined): Promise<void>
  /** @throws {Refusal} `not_found` */
  addNote(who: Standing, id: string, content: string): Promise<LeadNote>
}

/** Leads go into campaigns that their makers see. */
export type CampaignSight = Pick<CampaignStore, 'find'>

export interface LeadsNeeds {
  store: LeadStore
  agents: Pick<AgentStore, 'find'>
  campaigns: CampaignSight
  policy: () => Spelling
  now: () => number
}

/** More nobody reads at once. */
const MOST_NOTES = 500

export function createLeads({ store, agents, campaigns, policy, now }: LeadsNeeds): Leads {
  const nowS = () => Math.floor(now() / 1000)

  async function known(who: Standing, id: string): Promise<Lead> {
    const lead = await store.find(id, who.scope)
    if (lead === undefined) throw new Refusal('not_found', { detail: 'no such lead' })
    return lead
  }
  async function seeCampaign(scope: Scope, id: string | null | undefined, current: string | null) {
    if (id === undefined || id === null || id === current) return
    if ((await campaigns.find(id, scope)) !== undefined) return
    throw new Refusal('not_found', { detail: 'no such campaign' })
  }

  return {
    list: ({ scope }, filter, order, page) => store.list(scope, filter, order, page),

    async find(who, id) {
      const lead = await known(who, id)
      return { lead, notes: await store.notesOf(id, MOST_NOTES) }
    },

    async create(who, { agentId, team, ...wish }) {
      const mine = ownerByDefault(who)
      const asked = { agentId: agentId ?? undefined, team: team ?? undefined }
      const owner = { ...mine, ...(await ownerOf(agents, who.scope, asked, mine)) }
      await seeCampaign(who.scope, wish.campaignId, null)
      const { lead, barred } = newLead(wish, owner, policy())
      return store.add(lead, barred, nowS())
    },

    async update(who, id, wish, version) {
      const read = await known(who, id)
      if (version !== undefined && version !== read.version) throw new Refusal('stale')
      const owner = await ownerOf(agents, who.scope, wish, read)
      await seeCampaign(who.scope, wish.campaignId, read.campaignId)
      const decide = (lead: Lead) => {
        // Again, for now nobody else can change it. Without a version the last word counts.
        if (version !== undefined && version !== lead.version) throw new Refusal('stale')
        return changeOf(lead, wish, owner, policy())
      }
      return store.change(id, who.scope, decide, nowS())
    },

    remove: (who, id, version) =>
      store.remove(id, who.scope, (lead) => {
        if (version !== undefined && version !== lead.version) throw new Refusal('stale')
        refuseWhileDialling(lead)
      }),

    addNote: (who, id, content) =>
      store.addNote({ leadId: id, agentId: who.agent.id, content, createdAt: nowS() }, who.scope),
  }
}
