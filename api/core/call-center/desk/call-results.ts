import { toUnixSeconds } from '../../../../runtime/time.ts'
import { invalidInput, Refusal } from '../../refusal.ts'
import type { AgentStore } from '../agents/agent.ts'
import type { Agents } from '../agents/agents.ts'
import type { CallCenterActor } from '../agents/call-center-actor.ts'
import { UNRESTRICTED_SCOPE } from '../agents/scope.ts'
import type { CallFinder } from '../calls/call-finder.ts'
import type { CampaignStore } from '../campaigns/campaign-store.ts'
import type { Callback } from '../leads/lead.ts'
import type { NumberNormalizer } from '../leads/lead-input.ts'
import type { LeadStore } from '../leads/lead-store.ts'
import type { CallRecordStore } from './call-records.ts'
import { applyResult } from './call-result.ts'
import { toCallbackTime, zoneOfLead } from './callback-time.ts'
import { type CampaignTextStore, readCampaignText } from './create-campaign-texts.ts'
import type { CallResultRequest } from './desk.ts'
import type { DeskStore } from './desk-store.ts'
import { DEFAULT_DISPOSITIONS, type Disposition } from './disposition.ts'

export interface CallResultsNeeds {
  agents: Pick<AgentStore, 'setAvailableFrom'>
  agentService: Pick<Agents, 'setStatus'>
  campaigns: Pick<CampaignStore, 'find'>
  leads: Pick<LeadStore, 'find'>
  records: Pick<CallRecordStore, 'saveResult' | 'findResult'>
  store: Pick<DeskStore, 'lastLeadCallOf'>
  texts: Pick<CampaignTextStore, 'find'>
  callFinder: CallFinder
  policy: () => NumberNormalizer
  /** IANA name of the settings. */
  timeZone: string
  now(): number
  /** The callbacks or the wrap-up of these agents have changed. */
  onChange(agentIds: readonly string[]): void
}

/** Stores the results of calls, and what follows from them for the lead and the agent. */
export function createCallResults(needs: CallResultsNeeds) {
  const { campaigns, leads, records } = needs
  const nowS = () => toUnixSeconds(needs.now())

  /**
   * The agent's own call with this lead. An incoming call names no lead: the agent chooses one of theirs.
   * @throws {Refusal} `not_found`
   */
  async function requireOwnCall(by: CallCenterActor, callId: string, leadId: string) {
    const { agentCall } = await needs.callFinder.find(by, callId)
    const lead = await leads.find(leadId, by.scope)
    const isOther = agentCall.leadId !== null && agentCall.leadId !== leadId
    if (lead === undefined || isOther) throw new Refusal('not_found', { detail: 'no such call of this lead' })
    return { agentCall, lead }
  }

  async function dispositionOf(campaignId: string | null, key: string): Promise<Disposition> {
    const known =
      campaignId === null
        ? DEFAULT_DISPOSITIONS
        : (await readCampaignText(needs.texts, campaignId, 'dispositions')).body
    const disposition = known.find((one) => one.key === key)
    if (disposition === undefined)
      throw invalidInput(`disposition: the campaign has none with the key ${key}`)
    return disposition
  }

  return {
    requireOwnCall,

    /** @throws {Refusal} as `Desk.saveResult` */
    async save(by: CallCenterActor, request: CallResultRequest): Promise<void> {
      const { callId, leadId, note, noteRevision, next } = request
      const key = { callId, agentId: by.agent.id }
      const { agentCall, lead } = await requireOwnCall(by, callId, leadId)
      const campaignId = agentCall.campaignId ?? lead.campaignId
      const stored = await records.findResult(key)
      const disposition =
        stored?.disposition === request.disposition
          ? // It may be changed or gone since: the request repeats a stored one.
            ({ key: request.disposition, name: stored.name, effect: 'done', leadStatus: null } as const)
          : await dispositionOf(campaignId, request.disposition)
      const campaign =
        lead.campaignId === null ? undefined : await campaigns.find(lead.campaignId, UNRESTRICTED_SCOPE)
      const rules = campaign?.rules
      const callback = readCallback(by, request, disposition, zoneOfLead(lead, rules, needs.timeZone), nowS())
      await records.saveResult(key, {
        leadId,
        scope: by.scope,
        campaignId,
        disposition,
        note: note === undefined ? undefined : { text: note, revision: noteRevision },
        update: (locked) =>
          applyResult(locked, disposition, {
            ...{ callId, campaignId: agentCall.campaignId, rules, callback },
            ...{ policy: needs.policy(), now: nowS() },
          }),
        now: nowS(),
      })
      // The first request may have failed after the result was stored.
      await endWrapUp(by, callId, { next, storedAt: stored?.createdAt })
      needs.onChange([...new Set([by.agent.id, lead.callback?.agentId ?? by.agent.id])])
    },
  }

  /**
   * The agent is free at once, in the status that they chose; one who is away or on a break stays so.
   * @param result `storedAt` of a result that is repeated: a status set since is newer than it
   */
  async function endWrapUp(
    by: CallCenterActor,
    callId: string,
    { next, storedAt }: Pick<CallResultRequest, 'next'> & { storedAt: number | undefined },
  ) {
    const { agent } = by
    const last = await needs.store.lastLeadCallOf(agent.id)
    // A late result of an earlier call ends no wrap-up.
    if (last !== undefined && last.callId !== callId) return
    const wasReached = last?.outcome === 'answered' || last?.outcome === null
    if (wasReached && agent.availableFrom > nowS()) await needs.agents.setAvailableFrom(agent.id, nowS())
    if (storedAt !== undefined && agent.statusAt > storedAt) return
    const status = next === 'break' ? next : agent.status === 'after_call' ? 'ready' : agent.status
    if (status !== agent.status) await needs.agentService.setStatus(by, agent.id, status)
  }
}

function readCallback(
  { agent }: CallCenterActor,
  { callback }: CallResultRequest,
  { effect }: Disposition,
  leadZone: string,
  now: number,
): Omit<Callback, 'attemptsBefore'> | undefined {
  if (effect !== 'callback') return undefined
  if (callback === undefined) throw invalidInput('callback: this disposition needs the time of the callback')
  const timeZone = callback.timeZone ?? leadZone
  return {
    at: toCallbackTime(callback.at, timeZone, now),
    timeZone,
    agentId: agent.id,
    isOwn: callback.isOwn,
  }
}
