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
  /** What stays is for the reconciler. */
  onFailure(err: unknown): void
}

/** Hands calls to the PBX, each once. */
export interface CampaignCallPlacer {
  /** @param fence of the lease that the lead was taken with */
  start(call: DialAttempt, by: { agent: AvailableAgent; campaign: Campaign; fence: number }): void
  isPlacing(callId: string): boolean
  /** The PBX or a store is away: nobody should take leads before, in ms. */
  pausedUntil(): number
  /** When all that was started is handed over or given back. */
  drained(): Promise<void>
}

const DEFAULT_PAUSE_S = 2
/** So many numbers in a row that may not be called are the fault of the rules, not of the numbers. */
const MAX_DENIED_IN_A_ROW = 5

export function createCampaignCallPlacer(needs: CampaignCallPlacerNeeds): CampaignCallPlacer {
  const { queue, calls, agentCallStore, agents, campaigns, lease } = needs
  const nowS = () => Math.floor(needs.now() / 1_000)
  const pending = new Map<string, Promise<void>>()
  let pausedUntil = 0
  /** By campaign, since the last number that was none of them. */
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
    // Whoever lost the lease may have slept: the lead can be somebody else's by now.
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
      // The number was judged before, so it is about who calls: another may.
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
    // A wrong dial policy would use a whole list up within seconds.
    deniedInARow.delete(campaign.id)
    if (!(await campaigns.transition(campaign.id, ['active'], { status: 'paused' }, now))) return
    needs.onNote?.('campaign_paused', { campaignId: campaign.id, note })
  }

  /** The queue leaves out what is listed in the lead's own spelling; this one is listed in another. */
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

  /** Why a number may not be called by itself, if so. */
  async function denialReason(number: string): Promise<Refusal | undefined> {
    try {
      const { isEmergency } = await needs.clear(number)
      return isEmergency ? new Refusal('dial_denied', { detail: 'it is an emergency number' }) : undefined
    } catch (err) {
      // While the list cannot be read, nothing is known of the number.
      if (err instanceof Refusal && err.code !== 'unavailable') return err
      throw err
    }
  }

  return {
    start(call, by) {
      const placement = place(call, by)
        .catch(needs.onFailure)
        .finally(() => pending.delete(call.callId))
      pending.set(call.callId, placement)
    },
    isPlacing: (callId) => pending.has(callId),
    pausedUntil: () => pausedUntil,
    async drained() {
      await Promise.all(pending.values())
    },
  }
}

/** Characters of a note. */
const MAX_NOTE_LENGTH = 300
