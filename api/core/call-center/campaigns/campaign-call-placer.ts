import { createFailureReporter, type FailureHandler } from '../../../../runtime/failure-reporter.ts'
import { toUnixSeconds } from '../../../../runtime/time.ts'
import type { CallControl } from '../../calls/call-control.ts'
import { type Clearance, DoNotCallRefusal } from '../../dial-policy/clearance.ts'
import type { Lease } from '../../lease.ts'
import { Refusal } from '../../refusal.ts'
import type { AgentStore } from '../agents/agent.ts'
import type { AgentCallStore } from '../calls/agent-call.ts'
import type { AvailableAgent } from './available-agents.ts'
import type { Campaign } from './campaign.ts'
import type { CampaignStore } from './campaign-store.ts'
import type { DialAttempt, DialQueue } from './dial-queue.ts'
import { NO_ANSWER_PAUSE_S, notDialed } from './outcome-rules.ts'

export interface CampaignCallPlacerNeeds {
  queue: Pick<DialQueue, 'complete'>
  calls: Pick<CallControl, 'dial'>
  agentCallStore: Pick<AgentCallStore, 'add' | 'finish'>
  agents: Pick<AgentStore, 'setAvailableFrom'>
  campaigns: Pick<CampaignStore, 'setNote' | 'transition'>
  clear: Clearance
  lease: Pick<Lease, 'fence'>
  now(): number
  onNote?(event: 'campaign_paused', about: { campaignId: string; note: string }): void
  /** An agent was given a lead, or it was taken back. */
  onAgentChange?(agentId: string): void
  /** Leads cannot be dialed, and can be again: see `createFailureReporter`. The reconciler completes such an attempt. */
  onFailure: FailureHandler
}

/** Places the calls of campaigns on the PBX, each once. */
export interface CampaignCallPlacer {
  /** @param by `fence`: fencing token of the lease under which the lead was claimed */
  start(call: DialAttempt, by: { agent: AvailableAgent; campaign: Campaign; fence: number }): void
  isPlacing(callId: string): boolean
  /** In ms. If the PBX or a store is unavailable, no lead should be claimed before this time. */
  pausedUntil(): number
  /** Resolves when all started calls are placed or released. */
  drained(): Promise<void>
}

const DEFAULT_PAUSE_S = 2
/** So many denied numbers in a row mean that the dial policy is wrong, not the numbers. */
const MAX_DENIED_IN_A_ROW = 5

export function createCampaignCallPlacer(needs: CampaignCallPlacerNeeds): CampaignCallPlacer {
  const { queue, calls, agentCallStore, agents, campaigns, lease } = needs
  const reporter = createFailureReporter(needs.onFailure, needs.now)
  const nowS = () => toUnixSeconds(needs.now())
  const pending = new Map<string, Promise<void>>()
  let pausedUntil = 0
  /** By campaign: denied numbers since the last allowed one. */
  const deniedInARow = new Map<string, number>()

  async function place(call: DialAttempt, by: { agent: AvailableAgent; campaign: Campaign; fence: number }) {
    const { agent, campaign, fence } = by
    const { leadId, number, callId } = call
    const denial = await denialReason(number)
    if (denial instanceof DoNotCallRefusal) return completeAsDoNotCall(call)
    if (denial !== undefined) return reject(call, campaign, denial.detail ?? denial.code)
    deniedInARow.delete(campaign.id)
    await agentCallStore.add({
      ...{ callId, leadId, number },
      agentId: agent.id,
      campaignId: campaign.id,
      createdAt: nowS(),
    })
    // If the lease was lost, this process may have stalled, and another process may have claimed the lead meanwhile.
    if (lease.fence() !== fence) return release(call)
    const { callerId } = campaign.rules
    const dialingActor = { userId: agent.userId, claims: { role: 'user' } } as const
    const request = { number, callId, ...(callerId === null ? {} : { callerNumber: callerId }) }
    await calls.dial(dialingActor, request).catch((err) => onRefused(call, by, err))
  }

  async function onRefused(
    call: DialAttempt,
    { agent, campaign }: { agent: AvailableAgent; campaign: Campaign },
    err: unknown,
  ) {
    if (!(err instanceof Refusal)) throw err
    switch (err.code) {
      case 'unavailable':
        pausedUntil = needs.now() + 1_000 * (err.retryAfter ?? DEFAULT_PAUSE_S)
        return release(call)
      // The number was checked before, so the refusal concerns the agent: another agent may call it.
      case 'throttled':
      case 'dial_denied':
      case 'conflict':
      case 'input_invalid':
        await agents.setAvailableFrom(agent.id, nowS() + (err.retryAfter ?? NO_ANSWER_PAUSE_S))
        await campaigns.setNote(
          campaign.id,
          `${agent.name}: ${err.detail ?? err.code}`.slice(0, MAX_NOTE_LENGTH),
        )
        return release(call)
      default:
        throw err
    }
  }

  async function release(call: DialAttempt) {
    await agentCallStore.finish(call.callId, 'cancelled')
    await queue.complete(call, notDialed(call, nowS()))
  }

  async function reject(call: DialAttempt, campaign: Campaign, reason: string) {
    const now = nowS()
    const note = `lead ${call.leadId} cannot be called: ${reason}`.slice(0, MAX_NOTE_LENGTH)
    await campaigns.setNote(campaign.id, note)
    await queue.complete(call, {
      outcome: 'failed',
      isAttempt: false,
      nextState: 'done',
      nextTryAt: now,
      now,
    })
    const inARow = (deniedInARow.get(campaign.id) ?? 0) + 1
    deniedInARow.set(campaign.id, inARow)
    if (inARow < MAX_DENIED_IN_A_ROW) return
    // A wrong dial policy would use up the whole list within seconds.
    deniedInARow.delete(campaign.id)
    if (!(await campaigns.transition(campaign.id, ['active'], { status: 'paused' }, now))) return
    needs.onNote?.('campaign_paused', { campaignId: campaign.id, note })
  }

  /** The queue skips leads that the do-not-call list has in the lead's own spelling; this number is listed in another. */
  async function completeAsDoNotCall(call: DialAttempt) {
    const now = nowS()
    const status = 'do_not_call'
    await queue.complete(call, {
      outcome: null,
      isAttempt: false,
      nextState: 'done',
      status,
      nextTryAt: now,
      now,
    })
  }

  /** Why a campaign may not call a number; undefined if it may. */
  async function denialReason(number: string): Promise<Refusal | undefined> {
    try {
      const { isEmergency } = await needs.clear(number)
      return isEmergency ? new Refusal('dial_denied', { detail: 'it is an emergency number' }) : undefined
    } catch (err) {
      // If the do-not-call list cannot be read, the number is neither allowed nor denied.
      if (err instanceof Refusal && err.code !== 'unavailable') return err
      throw err
    }
  }

  return {
    start(call, by) {
      needs.onAgentChange?.(by.agent.id)
      const placement = place(call, by)
        .then(reporter.succeeded, reporter.failed)
        .finally(() => {
          pending.delete(call.callId)
          needs.onAgentChange?.(by.agent.id)
        })
      pending.set(call.callId, placement)
    },
    isPlacing: (callId) => pending.has(callId),
    pausedUntil: () => pausedUntil,
    async drained() {
      await Promise.all(pending.values())
    },
  }
}

/** In characters. */
const MAX_NOTE_LENGTH = 300
