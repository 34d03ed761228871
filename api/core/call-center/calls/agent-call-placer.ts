import type { FailureHandler } from '../../../../runtime/failure-reporter.ts'
import { retry } from '../../../../runtime/retry.ts'
import { toUnixSeconds } from '../../../../runtime/time.ts'
import { hasLeft } from '../../calls/call-access.ts'
import type { CallControl } from '../../calls/call-control.ts'

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
import { createIdempotentCall } from './idempotent-call.ts'
import type { LeadLookup } from './lead-lookup.ts'
import { createRollback } from './rollback.ts'

export interface AgentCallPlacerNeeds {
  calls: Pick<CallControl, 'dial'>
  leadLookup: LeadLookup
  agents: Pick<AgentStore, 'find'>
  campaigns: Pick<CampaignStore, 'find'>
  queue: Pick<DialQueue, 'claim' | 'complete' | 'inProgress'>
  callTracker: Pick<CallTracker, 'find'>
  directory: Pick<Directory, 'endpointsOf'>
  agentCallStore: Pick<AgentCallStore, 'add' | 'find' | 'delete'>
  idempotencyKeys: IdempotencyKeys
  policy: () => Pick<DialPolicy, 'check' | 'variants' | 'allowedCallerNumber'>
  clear: Clearance
  newId: () => string
  now: () => number
  pause: (ms: number) => Promise<unknown>
  /** The preparations of a call that was not dialed cannot be rolled back, and can be again: see `Rollback`. */
  onFailure?: FailureHandler
}

/** The reconciler completes an attempt about a second after its call has ended. */
const MAX_CLAIM_RETRIES = 30
const CLAIM_RETRY_MS = 100

/** An agent with a phone. */
type CallingAgent = Agent & { userId: string; extension: string }

export function createAgentCallPlacer(
  needs: AgentCallPlacerNeeds,
): Pick<AgentCalls, 'dialLead' | 'dialNumber'> {
  const { calls, leadLookup, agents, campaigns, queue, agentCallStore, policy, clear } = needs
  const nowS = () => toUnixSeconds(needs.now())
  const rollback = createRollback(needs)
  const idempotent = createIdempotentCall({ ...needs, rollback })

  return {
    async dialLead(by, { leadId, agentId, idempotencyKey }) {
      const caller = await resolveCallingAgent(by.callCenterActor, agentId)
      const lead = await leadLookup.find(leadId, by.callCenterActor.scope)
      if (lead === undefined) throw new Refusal('not_found', { detail: 'Lead not found' })
      return idempotent(by.actor.userId, idempotencyKey, ['lead', leadId, caller.id], (callId) =>
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
      const request = ['number', spellings[0], caller.id]
      return idempotent(by.actor.userId, idempotencyKey, request, async (callId) => {
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

  async function callLead(
    by: AgentCallActor,
    caller: CallingAgent,
    lead: Lead,
    callId: string,
  ): Promise<AgentCall> {
    // Before the lead is claimed, so that a denied call needs no rollback.
    const { isEmergency } = await clear(lead.number)
    if (lead.status === 'do_not_call' && !isEmergency) throw new DoNotCallRefusal()
    const attempt = await claimLead(lead, caller, callId, isEmergency)
    const { number, campaignId } = attempt
    try {
      return await placeCall(by, caller, { callId, number, leadId: lead.id, campaignId })
    } catch (err) {
      await rollback.undo('a lead that was not dialed could not be released', () =>
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

  /** After a hang-up or transfer, waits until the previous attempt is completed. */
  function claimLead(
    lead: Lead,
    caller: CallingAgent,
    callId: string,
    isEmergency: boolean,
  ): Promise<DialAttempt> {
    const claim = () => queue.claim({ leadId: lead.id, agentId: caller.id, callId, isEmergency, now: nowS() })
    return retry(claim, {
      async delayMs(failures, err) {
        const isClaimed = err instanceof Refusal && err.code === 'conflict'
        if (!isClaimed || failures > MAX_CLAIM_RETRIES || !(await isCompleting(lead, caller)))
          return undefined
        return CLAIM_RETRY_MS
      },
      pause: needs.pause,
    })
  }

  /** Whether all attempts that block the lead or the agent belong to calls that are over for them. */
  async function isCompleting(lead: Lead, caller: CallingAgent): Promise<boolean> {
    const endpoints = needs.directory.endpointsOf(caller.extension)
    return (await queue.inProgress()).every((attempt) => {
      const call = needs.callTracker.find(attempt.callId)
      if (attempt.leadId === lead.id || attempt.number === lead.number) return call?.state === 'ended'
      return (
        attempt.agentId !== caller.id ||
        (call !== undefined && (call.state === 'ended' || hasLeft(call, endpoints)))
      )
    })
  }

  /** The campaign's caller ID if the agent may show it. Undefined shows the agent's extension, as in their other calls. */
  async function callerNumberOf({ extension }: CallingAgent, campaignId: string | null) {
    const campaign = campaignId === null ? undefined : await campaigns.find(campaignId, UNRESTRICTED_SCOPE)
    const number = campaign?.rules.callerId ?? undefined
    return number === undefined ? undefined : policy().allowedCallerNumber(extension, number)
  }

  /** @throws if the PBX places no call: then no agent call is stored either */
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
      await rollback.undo('a call that was not dialed could not be deleted', () =>
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
