import { sha256 } from '../../../../runtime/hash.ts'
import { toUnixSeconds } from '../../../../runtime/time.ts'
import { hasLeft } from '../../calls/call-access.ts'
import type { CallControl } from '../../calls/call-control.ts'
import { toApiCallId } from '../../calls/call-id.ts'
import type { CallTracker } from '../../calls/call-tracker.ts'
import { type Clearance, DoNotCallRefusal } from '../../dial-policy/clearance.ts'
import type { IdempotencyKeys } from '../../dial-policy/dial-limits.ts'
import type { DialPolicy } from '../../dial-policy/dial-policy.ts'
import type { Directory } from '../../directory/directory.ts'
import { Refusal } from '../../refusal.ts'
import type { Agent, AgentStore } from '../agents/agent.ts'
import type { CallCenterActor } from '../agents/call-center-actor.ts'
import { UNRESTRICTED_SCOPE } from '../agents/scope.ts'
import type { CampaignStore } from '../campaigns/campaign-store.ts'
import type { DialAttempt, DialQueue } from '../campaigns/dial-queue.ts'
import type { Lead } from '../leads/lead.ts'
import type { AgentCall, AgentCallStore } from './agent-call.ts'
import type { AgentCallActor, AgentCalls } from './agent-calls.ts'
import type { LeadLookup } from './lead-lookup.ts'
import { createRollback } from './rollback.ts'

export interface AgentCallPlacerNeeds {
  calls: Pick<CallControl, 'dial'>
  leadLookup: LeadLookup
  agents: Pick<AgentStore, 'find'>
  campaigns: Pick<CampaignStore, 'find'>
  queue: Pick<DialQueue, 'claim' | 'complete' | 'inProgress'>
  callTracker: Pick<CallTracker, 'find'>
  directory: Pick<Directory, 'endpointOf'>
  agentCallStore: Pick<AgentCallStore, 'add' | 'find' | 'delete'>
  idempotencyKeys: IdempotencyKeys
  policy: () => Pick<DialPolicy, 'check' | 'variants' | 'allowedCallerNumber'>
  clear: Clearance
  newId: () => string
  now: () => number
  pause: (ms: number) => Promise<unknown>
  /** Something that was done for a call that was not dialled could not be taken back. */
  onFailure?: (what: string, err: unknown) => void
}

/** A call that is over is settled within a second or so. */
const MAX_CLAIM_RETRIES = 30
const CLAIM_RETRY_MS = 100

/** Somebody with a phone. */
type CallingAgent = Agent & { userId: string; extension: string }

export function createAgentCallPlacer(
  needs: AgentCallPlacerNeeds,
): Pick<AgentCalls, 'dialLead' | 'dialNumber'> {
  const {
    calls,
    leadLookup,
    agents,
    campaigns,
    queue,
    agentCallStore,
    idempotencyKeys,
    policy,
    clear,
    newId,
  } = needs
  const nowS = () => toUnixSeconds(needs.now())
  const { undo } = createRollback(needs)

  return {
    async dialLead(by, { leadId, agentId, idempotencyKey }) {
      const caller = await resolveCallingAgent(by.callCenterActor, agentId)
      const lead = await leadLookup.find(leadId, by.callCenterActor.scope)
      if (lead === undefined) throw new Refusal('not_found', { detail: 'Lead not found' })
      return idempotent(by, idempotencyKey, ['lead', leadId, caller.id], (callId) =>
        callLead(by, caller, lead, callId),
      )
    },

    async dialNumber(by, { number, agentId, idempotencyKey }) {
      const caller = await resolveCallingAgent(by.callCenterActor, agentId)
      const spellings = policy().variants(number)
      const { isEmergency } = policy().check(number)
      const lead = isEmergency
        ? undefined
        : await leadLookup.findByNumber(spellings, by.callCenterActor.scope)
      return idempotent(by, idempotencyKey, ['number', spellings[0], caller.id], async (callId) => {
        if (lead !== undefined) return callLead(by, caller, lead, callId)
        return placeCall(by, caller, { callId, number, leadId: null, campaignId: null })
      })
    },
  }

  async function resolveCallingAgent(
    { agent, role, scope }: CallCenterActor,
    agentId: string | undefined,
  ): Promise<CallingAgent> {
    if (agentId === undefined || agentId === agent.id) return requirePhone(agent)
    if (role === 'user') throw new Refusal('forbidden', { detail: 'Only supervisors dial for others' })
    const other = await agents.find(agentId, scope)
    if (other === undefined) throw new Refusal('not_found', { detail: 'Agent not found' })
    return requirePhone(other)
  }

  /** The same key with the same request gives the same call, and nothing is taken twice. */
  async function idempotent(
    { actor }: AgentCallActor,
    key: string | undefined,
    request: readonly string[],
    place: (callId: string) => Promise<AgentCall>,
  ): Promise<AgentCall> {
    const callId = toApiCallId(newId())
    if (key === undefined) return place(callId)
    // No client's own key has a blank: other surfaces keep theirs in the same place.
    const storedKey = `desk ${key}`
    const fingerprint = sha256(JSON.stringify(request))
    const claimedCallId = await idempotencyKeys.claim(actor.userId, storedKey, fingerprint, callId)
    if (claimedCallId !== callId) {
      const agentCall = await agentCallStore.find(claimedCallId)
      if (agentCall !== undefined) return agentCall
      throw new Refusal('conflict', { detail: 'the first request with this Idempotency-Key is under way' })
    }
    try {
      return await place(callId)
    } catch (err) {
      await undo('the Idempotency-Key of a call that was not dialled could not be given back', () =>
        idempotencyKeys.release(actor.userId, storedKey, callId),
      )
      throw err
    }
  }

  async function callLead(
    by: AgentCallActor,
    caller: CallingAgent,
    lead: Lead,
    callId: string,
  ): Promise<AgentCall> {
    // Before the lead is taken, so that nothing has to be put back.
    const { isEmergency } = await clear(lead.number)
    if (lead.status === 'do_not_call' && !isEmergency) throw new DoNotCallRefusal()
    const attempt = await claimLead(lead, caller, callId, isEmergency)
    const { number, campaignId } = attempt
    try {
      return await placeCall(by, caller, { callId, number, leadId: lead.id, campaignId })
    } catch (err) {
      await undo('a lead that was not dialled could not be given back', () =>
        queue.complete(attempt, {
          outcome: null,
          isAttempt: false,
          nextState: attempt.from,
          nextTryAt: lead.nextTryAt,
          now: nowS(),
        }),
      )
      throw err
    }
  }

  /** Who hangs up, or hands on, and calls at once waits until the call before is settled. */
  async function claimLead(
    lead: Lead,
    caller: CallingAgent,
    callId: string,
    isEmergency: boolean,
  ): Promise<DialAttempt> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await queue.claim({ leadId: lead.id, agentId: caller.id, callId, isEmergency, now: nowS() })
      } catch (err) {
        const isClaimed = err instanceof Refusal && err.code === 'conflict'
        if (!isClaimed || tries > MAX_CLAIM_RETRIES || !(await isCompleting(lead, caller))) throw err
      }
      await needs.pause(CLAIM_RETRY_MS)
    }
  }

  /** Whether nothing is in the way but what is over, for the lead or for whoever calls. */
  async function isCompleting(lead: Lead, caller: CallingAgent): Promise<boolean> {
    const endpoint = needs.directory.endpointOf(caller.extension)
    return (await queue.inProgress()).every((attempt) => {
      const call = needs.callTracker.find(attempt.callId)
      if (attempt.leadId === lead.id || attempt.number === lead.number) return call?.state === 'ended'
      return (
        attempt.agentId !== caller.id ||
        (call !== undefined && (call.state === 'ended' || hasLeft(call, endpoint)))
      )
    })
  }

  /** The campaign's number, where the agent may show it; else their extension, as of all they call. */
  async function callerNumberOf({ extension }: CallingAgent, campaignId: string | null) {
    const campaign = campaignId === null ? undefined : await campaigns.find(campaignId, UNRESTRICTED_SCOPE)
    const number = campaign?.rules.callerId ?? undefined
    return number === undefined ? undefined : policy().allowedCallerNumber(extension, number)
  }

  /** Throws where nothing rings: then there was no call. */
  async function placeCall(
    { actor }: AgentCallActor,
    caller: CallingAgent,
    details: Pick<AgentCall, 'callId' | 'number' | 'leadId' | 'campaignId'>,
  ): Promise<AgentCall> {
    const agentCall = await agentCallStore.add({ ...details, agentId: caller.id, createdAt: nowS() })
    try {
      const { callId, number, campaignId } = details
      const callerNumber = await callerNumberOf(caller, campaignId)
      await calls.dial(actor, {
        callId,
        number,
        userId: caller.userId,
        ...(callerNumber === undefined ? {} : { callerNumber }),
      })
      return agentCall
    } catch (err) {
      await undo('a call that was not dialled could not be forgotten', () =>
        agentCallStore.delete(details.callId),
      )
      throw err
    }
  }
}

function requirePhone(agent: Agent): CallingAgent {
  const { userId, extension, disabled } = agent
  if (userId !== null && extension !== null && !disabled) return { ...agent, userId, extension }
  throw new Refusal('conflict', { detail: 'this agent has no extension, so there is no phone to ring' })
}
