import type { Calls } from '../../calls/call-control.ts'
import { Barred, type Clearance } from '../../dial-policy/clearance.ts'
import type { Lease } from '../../lease.ts'
import { Refusal } from '../../refusal.ts'
import type { AgentStore } from '../agents/agent.ts'
import type { CallLog } from '../calls/agent-call.ts'
import type { FreeAgent } from './available-agents.ts'
import type { Campaign } from './campaign.ts'
import type { CampaignStore } from './campaign-store.ts'
import type { Dialling, DialQueue } from './dial-queue.ts'
import { AGENT_ASIDE_S, neverDialled } from './outcome-rules.ts'

export interface PlacingNeeds {
  queue: Pick<DialQueue, 'settle'>
  calls: Pick<Calls, 'dial'>
  callLog: Pick<CallLog, 'add' | 'finish'>
  agents: Pick<AgentStore, 'setFreeFrom'>
  campaigns: Pick<CampaignStore, 'setNote' | 'step'>
  clear: Clearance
  lease: Pick<Lease, 'fence'>
  now(): number
  onNote?(event: 'campaign_paused', about: { campaignId: string; note: string }): void
  /** What stays is for the reconciler. */
  onTrouble(err: unknown): void
}

/** Hands calls to the PBX, each once. */
export interface Placing {
  /** @param fence of the lease that the lead was taken with */
  start(call: Dialling, by: { agent: FreeAgent; campaign: Campaign; fence: number }): void
  has(callId: string): boolean
  /** The PBX or a store is away: nobody should take leads before, in ms. */
  pausedUntil(): number
  /** When all that was started is handed over or given back. */
  idle(): Promise<void>
}

const PAUSE_S = 2
/** So many numbers in a row that may not be called are the fault of the rules, not of the numbers. */
const MOST_DENIED = 5

export function createPlacing(needs: PlacingNeeds): Placing {
  const { queue, calls, callLog, agents, campaigns, lease } = needs
  const nowS = () => Math.floor(needs.now() / 1_000)
  const underWay = new Map<string, Promise<void>>()
  let pausedUntil = 0
  /** By campaign, since the last number that was none of them. */
  const deniedInARow = new Map<string, number>()

  async function place(call: Dialling, by: { agent: FreeAgent; campaign: Campaign; fence: number }) {
    const { agent, campaign, fence } = by
    const { leadId, number, callId } = call
    const denied = await denialOf(number)
    if (denied instanceof Barred) return bar(call)
    if (denied !== undefined) return giveUp(call, campaign, denied.detail ?? denied.code)
    deniedInARow.delete(campaign.id)
    await callLog.add({
      ...{ callId, leadId, number },
      agentId: agent.id,
      campaignId: campaign.id,
      createdAt: nowS(),
    })
    // Whoever lost the lease may have slept: the lead can be somebody else's by now.
    if (lease.fence() !== fence) return giveBack(call)
    const { callerId } = campaign.rules
    const dialler = { userId: agent.userId, claims: { role: 'user' } } as const
    const request = { number, callId, ...(callerId === null ? {} : { callerNumber: callerId }) }
    await calls.dial(dialler, request).catch((err) => refused(call, by, err))
  }

  async function refused(
    call: Dialling,
    { agent, campaign }: { agent: FreeAgent; campaign: Campaign },
    err: unknown,
  ) {
    if (!(err instanceof Refusal)) throw err
    switch (err.code) {
      case 'unavailable':
        pausedUntil = needs.now() + 1_000 * (err.retryAfter ?? PAUSE_S)
        return giveBack(call)
      // The number was judged before, so it is about who calls: another may.
      case 'throttled':
      case 'dial_denied':
      case 'conflict':
      case 'input_invalid':
        await agents.setFreeFrom(agent.id, nowS() + (err.retryAfter ?? AGENT_ASIDE_S))
        await campaigns.setNote(campaign.id, `${agent.name}: ${err.detail ?? err.code}`.slice(0, MOST_WORDS))
        return giveBack(call)
      default:
        throw err
    }
  }

  async function giveBack(call: Dialling) {
    await callLog.finish(call.callId, 'cancelled')
    await queue.settle(call, neverDialled(call, nowS()))
  }

  async function giveUp(call: Dialling, campaign: Campaign, why: string) {
    const now = nowS()
    const note = `lead ${call.leadId} cannot be called: ${why}`.slice(0, MOST_WORDS)
    await campaigns.setNote(campaign.id, note)
    await queue.settle(call, { outcome: 'failed', counts: false, goesTo: 'done', nextTryAt: now, now })
    const inARow = (deniedInARow.get(campaign.id) ?? 0) + 1
    deniedInARow.set(campaign.id, inARow)
    if (inARow < MOST_DENIED) return
    // A wrong dial policy would use a whole list up within seconds.
    deniedInARow.delete(campaign.id)
    if (!(await campaigns.step(campaign.id, ['active'], { status: 'paused' }, now))) return
    needs.onNote?.('campaign_paused', { campaignId: campaign.id, note })
  }

  /** The queue leaves out what is listed in the lead's own spelling; this one is listed in another. */
  async function bar(call: Dialling) {
    const now = nowS()
    const status = 'do_not_call'
    await queue.settle(call, { outcome: null, counts: false, goesTo: 'done', status, nextTryAt: now, now })
  }

  /** Why a number may not be called by itself, if so. */
  async function denialOf(number: string): Promise<Refusal | undefined> {
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
      const placed = place(call, by)
        .catch(needs.onTrouble)
        .finally(() => underWay.delete(call.callId))
      underWay.set(call.callId, placed)
    },
    has: (callId) => underWay.has(callId),
    pausedUntil: () => pausedUntil,
    async idle() {
      await Promise.all(underWay.values())
    },
  }
}

/** Characters of a note. */
const MOST_WORDS = 300
