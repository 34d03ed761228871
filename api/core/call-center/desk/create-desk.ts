import { toUnixSeconds } from '../../../../runtime/time.ts'
import type { Actor } from '../../actor.ts'
import type { ActorResolver } from '../agents/actor-resolver.ts'
import type { AgentStore } from '../agents/agent.ts'
import type { Agents } from '../agents/agents.ts'
import type { CallCenterActor } from '../agents/call-center-actor.ts'
import { UNRESTRICTED_SCOPE } from '../agents/scope.ts'
import type { CampaignStore } from '../campaigns/campaign-store.ts'
import type { LeadStore } from '../leads/lead-store.ts'
import type { CallRecordStore } from './call-records.ts'
import { type CallResultsNeeds, createCallResults } from './call-results.ts'
import { zoneOfLead } from './callback-time.ts'
import { type CallbackStore, createCallbackDescriber } from './create-callbacks.ts'
import { type CampaignTextStore, readCampaignText } from './create-campaign-texts.ts'
import type { Desk, DeskLead, DeskState } from './desk.ts'
import type { FoundDeskCall } from './desk-call.ts'
import type { DeskStore } from './desk-store.ts'

export interface DeskNeeds extends CallResultsNeeds {
  actors: ActorResolver
  agents: Pick<AgentStore, 'findAll' | 'setAvailableFrom'>
  agentService: Pick<Agents, 'setStatus'>
  campaigns: Pick<CampaignStore, 'find'>
  leads: Pick<LeadStore, 'find'>
  store: Pick<DeskStore, 'notesOf' | 'callsOf' | 'lastLeadCallOf'>
  records: CallRecordStore
  callbacks: CallbackStore
  texts: Pick<CampaignTextStore, 'find'>
  findCall(by: CallCenterActor, nowS: number): Promise<FoundDeskCall | undefined>
}

const MAX_NOTES = 50
const MAX_CALLS = 5
const MAX_CALLBACKS = 10

export function createDesk(needs: DeskNeeds): Desk {
  const { agentService, campaigns, leads, store, records, texts } = needs
  const nowS = () => toUnixSeconds(needs.now())
  const describeCallbacks = createCallbackDescriber(needs)
  const results = createCallResults(needs)

  /** The acting user at their own desk, whatever their role. */
  async function atDesk(actor: Actor): Promise<CallCenterActor> {
    const by = await needs.actors.resolve(actor)
    return { ...by, scope: { sees: 'own', agentId: by.agent.id } }
  }

  async function read(by: CallCenterActor): Promise<DeskState> {
    const { agent, scope } = by
    const found = await needs.findCall(by, nowS())
    const next = await needs.callbacks.list(scope, { agentId: agent.id }, { limit: MAX_CALLBACKS })
    const about = await readLead(by, found)
    return {
      agent,
      availableFrom: agent.availableFrom > nowS() ? agent.availableFrom : null,
      call: found?.call ?? null,
      lead: about?.lead ?? null,
      campaign: await readCampaign(found?.campaignId ?? about?.lead.lead.campaignId ?? null),
      wrapUp: toWrapUp(found, about?.lead),
      note: about?.note ?? null,
      callbacks: await describeCallbacks(next),
    }
  }

  async function readLead({ agent, scope }: CallCenterActor, found: FoundDeskCall | undefined) {
    if (found === undefined || found.leadId === null) return undefined
    const lead = await leads.find(found.leadId, scope)
    if (lead === undefined) return undefined
    const note = await records.findNote({ callId: found.call.id, agentId: agent.id })
    const campaign =
      lead.campaignId === null ? undefined : await campaigns.find(lead.campaignId, UNRESTRICTED_SCOPE)
    const [callback = null] = await describeCallbacks([lead])
    const about: DeskLead = {
      lead,
      timeZone: zoneOfLead(lead, campaign?.rules, needs.timeZone),
      callback,
      notes: await store.notesOf(lead.id, note?.noteId ?? null, MAX_NOTES),
      lastCalls: await store.callsOf(lead.id, found.call.id, MAX_CALLS),
    }
    return { lead: about, note: { text: note?.text ?? '', revision: note?.revision ?? 0 } }
  }

  async function readCampaign(id: string | null): Promise<DeskState['campaign']> {
    // An agent who calls a lead reads the script of its campaign, also if they do not work in it.
    const campaign = id === null ? undefined : await campaigns.find(id, UNRESTRICTED_SCOPE)
    if (campaign === undefined) return null
    const script = await readCampaignText(texts, campaign.id, 'script')
    const { body, isDefault } = await readCampaignText(texts, campaign.id, 'dispositions')
    return {
      id: campaign.id,
      name: campaign.name,
      script: script.body,
      dispositions: body,
      hasDefaultDispositions: isDefault,
    }
  }

  return {
    find: async (actor) => read(await atDesk(actor)),

    async setStatus(actor, status, reason) {
      const by = await atDesk(actor)
      const agent = await agentService.setStatus(by, by.agent.id, status, reason)
      return read({ ...by, agent })
    },

    async saveNote(actor, { callId, leadId, text, revision }) {
      const by = await atDesk(actor)
      await results.requireOwnCall(by, callId, leadId)
      return records.saveNote({ callId, agentId: by.agent.id }, { leadId, text, revision, now: nowS() })
    },

    async saveResult(actor, request) {
      const by = await atDesk(actor)
      await results.save(by, request)
      return read(await atDesk(actor))
    },
  }
}

function toWrapUp(found: FoundDeskCall | undefined, about: DeskLead | undefined): DeskState['wrapUp'] {
  if (found?.wrapUp === undefined || about === undefined) return null
  return { until: found.wrapUp.until, callId: found.call.id, leadId: about.lead.id }
}
