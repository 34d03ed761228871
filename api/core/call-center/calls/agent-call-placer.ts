import { createHash } from 'node:crypto'
import { hasLeft } from '../../calls/call-access.ts'
import type { Calls } from '../../calls/call-control.ts'
import { ourCallId } from '../../calls/call-id.ts'
import type { CallTable } from '../../calls/call-tracker.ts'
import { Barred, type Clearance } from '../../dial-policy/clearance.ts'
import type { DialKeys } from '../../dial-policy/dial-limits.ts'
import type { DialPolicy } from '../../dial-policy/dial-policy.ts'
import type { Directory } from '../../directory/directory.ts'
import { Refusal } from '../../refusal.ts'
import type { Agent, AgentStore } from '../agents/agent.ts'
import type { Standing } from '../agents/call-center-actor.ts'
import { ALL } from '../agents/scope.ts'
import type { CampaignStore } from '../campaigns/campaign-store.ts'
import type { Dialling, DialQueue } from '../campaigns/dial-queue.ts'
import type { Lead } from '../leads/lead.ts'
import type { CallLog, DeskCall } from './agent-call.ts'
import type { Desk, Deskmate } from './agent-calls.ts'
import type { DeskLeads } from './lead-lookup.ts'
import { createUndoing } from './rollback.ts'

export interface DeskDiallingNeeds {
  calls: Pick<Calls, 'dial'>
  leads: DeskLeads
  agents: Pick<AgentStore, 'find'>
  campaigns: Pick<CampaignStore, 'find'>
  queue: Pick<DialQueue, 'take' | 'settle' | 'dialling'>
  table: Pick<CallTable, 'find'>
  directory: Pick<Directory, 'endpointOf'>
  callLog: Pick<CallLog, 'add' | 'find' | 'forget'>
  keys: DialKeys
  policy: () => Pick<DialPolicy, 'judge' | 'spellings' | 'showable'>
  clear: Clearance
  newId: () => string
  now: () => number
  pause: (ms: number) => Promise<unknown>
  /** Something that was done for a call that was not dialled could not be taken back. */
  onTrouble?: (what: string, err: unknown) => void
}

/** A call that is over is settled within a second or so. */
const SETTLING_TRIES = 30
const SETTLING_PAUSE_MS = 100

/** Somebody with a phone. */
type Caller = Agent & { userId: string; extension: string }

export function createDeskDialling(needs: DeskDiallingNeeds): Pick<Desk, 'dial' | 'direct'> {
  const { calls, leads, agents, campaigns, queue, callLog, keys, policy, clear, newId } = needs
  const nowS = () => Math.floor(needs.now() / 1000)
  const { undo } = createUndoing(needs)

  return {
    async dial(by, { leadId, agentId, key }) {
      const caller = await callerFor(by.standing, agentId)
      const lead = await leads.find(leadId, by.standing.scope)
      if (lead === undefined) throw new Refusal('not_found', { detail: 'Lead not found' })
      return once(by, key, ['lead', leadId, caller.id], (callId) => callLead(by, caller, lead, callId))
    },

    async direct(by, { number, agentId, key }) {
      const caller = await callerFor(by.standing, agentId)
      const spellings = policy().spellings(number)
      const { isEmergency } = policy().judge(number)
      const lead = isEmergency ? undefined : await leads.ofNumber(spellings, by.standing.scope)
      return once(by, key, ['number', spellings[0], caller.id], async (callId) => {
        if (lead !== undefined) return callLead(by, caller, lead, callId)
        return ring(by, caller, { callId, number, leadId: null, campaignId: null })
      })
    },
  }

  async function callerFor({ agent, role, scope }: Standing, agentId: string | undefined): Promise<Caller> {
    if (agentId === undefined || agentId === agent.id) return withPhone(agent)
    if (role === 'user') throw new Refusal('forbidden', { detail: 'Only supervisors dial for others' })
    const other = await agents.find(agentId, scope)
    if (other === undefined) throw new Refusal('not_found', { detail: 'Agent not found' })
    return withPhone(other)
  }

  /** The same key with the same request gives the same call, and nothing is taken twice. */
  async function once(
    { actor }: Deskmate,
    key: string | undefined,
    about: readonly string[],
    work: (callId: string) => Promise<DeskCall>,
  ): Promise<DeskCall> {
    const callId = ourCallId(newId())
    if (key === undefined) return work(callId)
    // No client's own key has a blank: other surfaces keep theirs in the same place.
    const ours = `desk ${key}`
    const fingerprint = createHash('sha256').update(JSON.stringify(about)).digest('base64url')
    const claimed = await keys.claim(actor.userId, ours, fingerprint, callId)
    if (claimed !== callId) {
      const made = await callLog.find(claimed)
      if (made !== undefined) return made
      throw new Refusal('conflict', { detail: 'the first request with this Idempotency-Key is under way' })
    }
    try {
      return await work(callId)
    } catch (err) {
      await undo('the Idempotency-Key of a call that was not dialled could not be given back', () =>
        keys.release(actor.userId, ours, callId),
      )
      throw err
    }
  }

  async function callLead(by: Deskmate, caller: Caller, lead: Lead, callId: string): Promise<DeskCall> {
    // Before the lead is taken, so that nothing has to be put back.
    const { isEmergency } = await clear(lead.number)
    if (lead.status === 'do_not_call' && !isEmergency) throw new Barred()
    const taken = await take(lead, caller, callId, isEmergency)
    const { number, campaignId } = taken
    try {
      return await ring(by, caller, { callId, number, leadId: lead.id, campaignId })
    } catch (err) {
      await undo('a lead that was not dialled could not be given back', () =>
        queue.settle(taken, {
          outcome: null,
          counts: false,
          goesTo: taken.from,
          nextTryAt: lead.nextTryAt,
          now: nowS(),
        }),
      )
      throw err
    }
  }

  /** Who hangs up, or hands on, and calls at once waits until the call before is settled. */
  async function take(lead: Lead, caller: Caller, callId: string, isEmergency: boolean): Promise<Dialling> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await queue.take({ leadId: lead.id, agentId: caller.id, callId, isEmergency, now: nowS() })
      } catch (err) {
        const isTaken = err instanceof Refusal && err.code === 'conflict'
        if (!isTaken || tries > SETTLING_TRIES || !(await isSettling(lead, caller))) throw err
      }
      await needs.pause(SETTLING_PAUSE_MS)
    }
  }

  /** Whether nothing is in the way but what is over, for the lead or for whoever calls. */
  async function isSettling(lead: Lead, caller: Caller): Promise<boolean> {
    const endpoint = needs.directory.endpointOf(caller.extension)
    return (await queue.dialling()).every((one) => {
      const call = needs.table.find(one.callId)
      if (one.leadId === lead.id || one.number === lead.number) return call?.state === 'ended'
      return (
        one.agentId !== caller.id ||
        (call !== undefined && (call.state === 'ended' || hasLeft(call, endpoint)))
      )
    })
  }

  /** The campaign's number, where the agent may show it; else their extension, as of all they call. */
  async function callerNumberOf({ extension }: Caller, campaignId: string | null) {
    const campaign = campaignId === null ? undefined : await campaigns.find(campaignId, ALL)
    const number = campaign?.rules.callerId ?? undefined
    return number === undefined ? undefined : policy().showable(extension, number)
  }

  /** Throws where nothing rings: then there was no call. */
  async function ring(
    { actor }: Deskmate,
    caller: Caller,
    about: Pick<DeskCall, 'callId' | 'number' | 'leadId' | 'campaignId'>,
  ): Promise<DeskCall> {
    const made = await callLog.add({ ...about, agentId: caller.id, createdAt: nowS() })
    try {
      const { callId, number, campaignId } = about
      const callerNumber = await callerNumberOf(caller, campaignId)
      await calls.dial(actor, {
        callId,
        number,
        userId: caller.userId,
        ...(callerNumber === undefined ? {} : { callerNumber }),
      })
      return made
    } catch (err) {
      await undo('a call that was not dialled could not be forgotten', () => callLog.forget(about.callId))
      throw err
    }
  }
}

function withPhone(agent: Agent): Caller {
  const { userId, extension, disabled } = agent
  if (userId !== null && extension !== null && !disabled) return { ...agent, userId, extension }
  throw new Refusal('conflict', { detail: 'this agent has no extension, so there is no phone to ring' })
}
