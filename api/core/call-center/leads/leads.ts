import { toUnixSeconds } from '../../../../runtime/time.ts'
import { Refusal } from '../../refusal.ts'
import type { AgentStore } from '../agents/agent.ts'
import type { CallCenterActor } from '../agents/call-center-actor.ts'
import type { Scope } from '../agents/scope.ts'
import type { CampaignStore } from '../campaigns/campaign-store.ts'
import type { Lead, LeadNote } from './lead.ts'
import { type LeadCount, MAX_COUNT, toLeadCount } from './lead-count.ts'
import {
  applyInput,
  type LeadInput,
  type NumberNormalizer,
  newLead,
  requireNotDialing,
} from './lead-input.ts'
import { defaultOwner, resolveOwner } from './lead-ownership.ts'
import type { LeadFilter, LeadOrder, LeadPage } from './lead-search.ts'
import type { LeadStore } from './lead-store.ts'

/** Leads within an actor's scope. A change also updates the lead's state in the campaign queue. */
export interface Leads {
  list(actor: CallCenterActor, filter: LeadFilter, order: LeadOrder, page: LeadPage): Promise<Lead[]>
  /** How many match, counted up to 200 000. */
  count(actor: CallCenterActor, filter: LeadFilter): Promise<LeadCount>
  /** @throws {Refusal} `not_found` */
  find(actor: CallCenterActor, id: string): Promise<{ lead: Lead; notes: LeadNote[] }>
  /** @throws {Refusal} `input_invalid`, `forbidden`, `not_found` for an agent or campaign outside the scope */
  create(actor: CallCenterActor, input: LeadInput): Promise<Lead>
  /**
   * @param version the version that the client has read; undefined: the last write wins
   * @throws {Refusal} as `create`; `stale`; `conflict` for a new number or campaign while the lead is in a call
   */
  update(actor: CallCenterActor, id: string, input: LeadInput, version: number | undefined): Promise<Lead>
  /** @throws {Refusal} `not_found`, `conflict`, `stale` */
  remove(actor: CallCenterActor, id: string, version: number | undefined): Promise<void>
  /** @throws {Refusal} `not_found` */
  addNote(actor: CallCenterActor, id: string, content: string): Promise<LeadNote>
}

/** A lead may join only a campaign within the actor's scope. */
export type CampaignFinder = Pick<CampaignStore, 'find'>

export interface LeadsNeeds {
  store: LeadStore
  agents: Pick<AgentStore, 'find'>
  campaigns: CampaignFinder
  policy: () => NumberNormalizer
  now: () => number
}

/** Notes returned with a lead. */
const MAX_NOTES = 500

export function createLeads({ store, agents, campaigns, policy, now }: LeadsNeeds): Leads {
  const nowS = () => toUnixSeconds(now())

  async function requireLead(actor: CallCenterActor, id: string): Promise<Lead> {
    const lead = await store.find(id, actor.scope)
    if (lead === undefined) throw new Refusal('not_found', { detail: 'no such lead' })
    return lead
  }
  async function requireCampaign(scope: Scope, id: string | null | undefined, current: string | null) {
    if (id === undefined || id === null || id === current) return
    if ((await campaigns.find(id, scope)) !== undefined) return
    throw new Refusal('not_found', { detail: 'no such campaign' })
  }

  return {
    list: ({ scope }, filter, order, page) => store.list(scope, filter, order, page),
    count: async ({ scope }, filter) => toLeadCount(await store.count(scope, filter, MAX_COUNT)),

    async find(actor, id) {
      const lead = await requireLead(actor, id)
      return { lead, notes: await store.listNotes(id, MAX_NOTES) }
    },

    async create(actor, { agentId, team, ...input }) {
      const ownOwner = defaultOwner(actor)
      const requestedOwner = { agentId: agentId ?? undefined, team: team ?? undefined }
      const owner = { ...ownOwner, ...(await resolveOwner(agents, actor.scope, requestedOwner, ownOwner)) }
      await requireCampaign(actor.scope, input.campaignId, null)
      const { lead, doNotCall } = newLead(input, owner, policy())
      return store.add(lead, doNotCall, nowS())
    },

    async update(actor, id, input, version) {
      const read = await requireLead(actor, id)
      if (version !== undefined && version !== read.version) throw new Refusal('stale')
      const owner = await resolveOwner(agents, actor.scope, input, read)
      await requireCampaign(actor.scope, input.campaignId, read.campaignId)
      const decide = (lead: Lead) => {
        // Checked again, now that the lead is locked.
        if (version !== undefined && version !== lead.version) throw new Refusal('stale')
        return applyInput(lead, input, owner, policy())
      }
      return store.change(id, actor.scope, decide, nowS())
    },

    remove: (actor, id, version) =>
      store.remove(id, actor.scope, (lead) => {
        if (version !== undefined && version !== lead.version) throw new Refusal('stale')
        requireNotDialing(lead)
      }),

    addNote: (actor, id, content) =>
      store.addNote({ leadId: id, agentId: actor.agent.id, content, createdAt: nowS() }, actor.scope),
  }
}
