import { toUnixSeconds } from '../../../../runtime/time.ts'
import { Refusal } from '../../refusal.ts'
import type { AgentStore } from '../agents/agent.ts'
import { type Scope, UNRESTRICTED_SCOPE } from '../agents/scope.ts'
import type { Campaign } from '../campaigns/campaign.ts'
import type { CampaignStore } from '../campaigns/campaign-store.ts'
import { nextCallTime } from '../campaigns/next-call-time.ts'
import type { Lead } from '../leads/lead.ts'
import type { LeadStore } from '../leads/lead-store.ts'
import { CLOSED_STATUSES } from '../leads/queue-state.ts'
import { withCallback, withoutCallback } from './call-result.ts'
import type { CallbackCursor, Callbacks, ListedCallback } from './callback.ts'
import { toCallbackTime, zoneOfLead } from './callback-time.ts'

/** Leads with a callback. */
export interface CallbackStore {
  /** By time. */
  list(
    scope: Scope,
    filter: { agentId?: string | undefined },
    page: { after?: CallbackCursor | undefined; limit: number },
  ): Promise<Lead[]>
  count(scope: Scope, filter: { agentId?: string | undefined }): Promise<number>
}

export interface CallbacksNeeds {
  store: CallbackStore
  leads: Pick<LeadStore, 'find' | 'change'>
  agents: Pick<AgentStore, 'find' | 'findAll'>
  campaigns: Pick<CampaignStore, 'find'>
  /** IANA name of the settings. */
  timeZone: string
  now(): number
  /** The callbacks of these agents have changed. */
  onChange(agentIds: readonly string[]): void
}

export function createCallbacks(needs: CallbacksNeeds): Callbacks {
  const { store, leads, agents, campaigns, onChange } = needs
  const nowS = () => toUnixSeconds(needs.now())
  const describe = createCallbackDescriber(needs)
  const campaignOf = async ({ campaignId }: Lead) =>
    campaignId === null ? undefined : campaigns.find(campaignId, UNRESTRICTED_SCOPE)

  async function requireLead(scope: Scope, id: string): Promise<Lead> {
    const lead = await leads.find(id, scope)
    if (lead === undefined) throw new Refusal('not_found', { detail: 'no such lead' })
    return lead
  }

  return {
    async set({ scope, agent }, leadId, { at: local, timeZone, isOwn }) {
      const before = await requireLead(scope, leadId)
      const zone = timeZone ?? zoneOfLead(before, (await campaignOf(before))?.rules, needs.timeZone)
      const at = toCallbackTime(local, zone, nowS())
      const update = (lead: Lead) => {
        if (CLOSED_STATUSES.includes(lead.status))
          throw new Refusal('conflict', { detail: `the lead is ${lead.status} and is not called again` })
        return withCallback(lead, { at, timeZone: zone, agentId: agent.id, isOwn })
      }
      const [listed] = await describe([await leads.change(leadId, scope, update, nowS())])
      if (listed === undefined) throw new TypeError('the lead has a callback now')
      onChange([...new Set([agent.id, before.callback?.agentId ?? agent.id])])
      return listed
    },

    async remove({ scope }, leadId) {
      const before = await requireLead(scope, leadId)
      const rules = (await campaignOf(before))?.rules
      await leads.change(leadId, scope, (lead) => withoutCallback(lead, rules, nowS()), nowS())
      if (before.callback !== null) onChange([before.callback.agentId])
    },

    async list({ scope }, filter, page) {
      const { agentId } = filter
      if (agentId !== undefined && (await agents.find(agentId, scope)) === undefined)
        throw new Refusal('not_found', { detail: 'Agent not found' })
      const [found, total] = [await store.list(scope, filter, page), await store.count(scope, filter)]
      return { callbacks: await describe(found), total }
    },
  }
}

/** @returns a function that adds to leads with a callback what lists show of it; it skips leads without one */
export function createCallbackDescriber({
  agents,
  campaigns,
  now,
}: Pick<CallbacksNeeds, 'campaigns' | 'now'> & { agents: Pick<AgentStore, 'findAll'> }) {
  return async (leads: readonly Lead[]): Promise<ListedCallback[]> => {
    const withOne = leads.flatMap((lead) =>
      lead.callback === null ? [] : [{ lead, callback: lead.callback }],
    )
    const found = await agents.findAll([...new Set(withOne.map(({ callback }) => callback.agentId))])
    const names = new Map(found.map(({ id, name }) => [id, name]))
    const byId = new Map<string, Campaign | undefined>()
    for (const id of new Set(withOne.flatMap(({ lead }) => lead.campaignId ?? [])))
      byId.set(id, await campaigns.find(id, UNRESTRICTED_SCOPE))
    return withOne.map(({ lead, callback }) => {
      const campaign = byId.get(lead.campaignId ?? '')
      const from = Math.max(callback.at * 1_000, now())
      const callsAtMs = campaign && nextCallTime(campaign.rules, lead.timeZone, from)
      const isAhead = callsAtMs !== undefined && callsAtMs > from
      return {
        lead,
        callback,
        agentName: names.get(callback.agentId) ?? '',
        campaignName: campaign?.name ?? null,
        callsAt: callsAtMs === undefined ? null : isAhead ? toUnixSeconds(callsAtMs) : callback.at,
      }
    })
  }
}
