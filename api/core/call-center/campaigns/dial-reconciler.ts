import { createFailingItems, type Trouble } from '../../../../runtime/failure-reporter.ts'
import type { Call, Outcome } from '../../calls/call.ts'
import { hasLeft } from '../../calls/call-access.ts'
import type { CallRecord, DialledCall } from '../../calls/call-history.ts'
import type { AgentStore } from '../agents/agent.ts'
import { ALL } from '../agents/scope.ts'
import type { CallLog } from '../calls/agent-call.ts'
import type { Campaign } from './campaign.ts'
import type { CampaignStore } from './campaign-store.ts'
import { busyIn, type Dialling, type DialQueue } from './dial-queue.ts'
import { outcomeForLead } from './lead-outcome.ts'
import { createOutages, isNotOut } from './outage-detector.ts'
import { afterCall, neverDialled } from './outcome-rules.ts'

export interface ReconcilerNeeds {
  queue: Pick<DialQueue, 'dialling' | 'settle' | 'release'>
  campaigns: Pick<CampaignStore, 'find' | 'halt' | 'setNote'>
  agents: Pick<AgentStore, 'findAll' | 'setFreeFrom' | 'breakOff'>
  callLog: Pick<CallLog, 'finish'>
  dialled: {
    find(id: string): Promise<DialledCall | undefined>
    /** @throws where the id was dialled already */
    add(call: DialledCall): Promise<void>
  }
  history: { find(id: string): Promise<CallRecord | undefined> }
  liveCall(id: string): Pick<Call, 'state' | 'legs'> | undefined
  /** The endpoint of an extension on the PBX. */
  endpointOf(extension: string): string
  /** Calls that this process is about to hand to the PBX. */
  isPlacing(callId: string): boolean
  now(): number
  /** Something that people have to see to: a campaign was paused, an agent is on a break. */
  onNote?(event: 'campaign_paused' | 'agent_break', about: { note: string } & Record<string, unknown>): void
  /** Ends of calls cannot be written: see `createFailingItems`. */
  onTrouble: Trouble
}

export interface Reconciler {
  /** Settles what is over. @returns what goes on */
  reconcile(): Promise<Dialling[]>
}

/** A process that takes a lead has dialled by then, or is dead or stopped, in seconds. */
const UNDIALLED_S = 30
/** An agent whose phone does not take so many calls in a row is put on a break. */
const MOST_MISSED = 3

/**
 * Says of each lead that is being called what became of it, by what is kept of calls and nothing of memory: so it
 * does not matter who dialled, and whether they still live.
 */
export function createReconciler(needs: ReconcilerNeeds): Reconciler {
  const { queue, campaigns, agents, callLog, dialled, history } = needs
  /** Calls in a row that an agent did not pick up. */
  const missed = new Map<string, number>()
  const outages = createOutages()
  const failing = createFailingItems(needs.onTrouble, needs.now)
  const nowS = () => Math.floor(needs.now() / 1_000)

  /** @returns whether it is over */
  async function look(call: Dialling, extensionOf: ReadonlyMap<string, string>): Promise<boolean> {
    const { callId } = call
    const live = needs.liveCall(callId)
    if (isLive(live)) await releaseLeft(call, live, extensionOf)
    if (needs.isPlacing(callId) || isLive(live)) return false
    const asked = await dialled.find(callId)
    const record = await history.find(callId)
    const told = asked?.outcome ?? record?.outcome
    const outcome = told && outcomeForLead(told, record, asked?.userId)
    if (asked !== undefined && record === undefined && isGivenBack(asked, call)) await giveBack(call, asked)
    else if (outcome !== undefined) await settle(call, outcome, record?.endedAt ?? nowS())
    else if (asked === undefined && nowS() - call.since > UNDIALLED_S) await giveBack(call)
    else return false
    return true
  }

  /** An agent who has handed the call on wraps up, and may have the next. */
  async function releaseLeft(
    call: Dialling,
    live: Pick<Call, 'legs'>,
    extensionOf: ReadonlyMap<string, string>,
  ) {
    const extension = extensionOf.get(call.agentId ?? '')
    if (call.agentId === null || extension === undefined) return
    if (!hasLeft(live, needs.endpointOf(extension))) return
    const campaign = call.campaignId === null ? undefined : await campaigns.find(call.campaignId, ALL)
    await agents.setFreeFrom(call.agentId, nowS() + (campaign?.rules.wrapUpSeconds ?? 0))
    await queue.release(call)
  }

  /** Of all at once: this is asked twice a second. */
  async function extensionsIn(calls: readonly Dialling[]): Promise<ReadonlyMap<string, string>> {
    const known = await agents.findAll([...busyIn(calls)])
    return new Map(known.flatMap(({ id, extension }) => (extension === null ? [] : [[id, extension]])))
  }

  async function settle(call: Dialling, outcome: Outcome, endedAt: number) {
    const { campaignId, agentId, callId } = call
    const campaign = campaignId === null ? undefined : await campaigns.find(campaignId, ALL)
    const after = afterCall(call, outcome, campaign?.rules, { endedAt, now: nowS() })
    // First, so that the agent has their pause also where we die in between.
    if (agentId !== null) await agents.setFreeFrom(agentId, after.freeFrom)
    const verdict = campaign === undefined ? 'attempt' : await judge(call, outcome, campaign)
    await callLog.finish(callId, outcome)
    const isAttempt = verdict === 'attempt' || verdict === 'evidence'
    await queue.settle(call, isAttempt ? after.settling : { ...neverDialled(call, nowS()), outcome })
    // Counted last: a call whose end could not be written is settled again in the next round.
    if (campaign !== undefined && verdict === 'evidence') outages.note(campaign.id, call, outcome)
    if (agentId !== null) await noteMissed(agentId, outcome, campaignId)
  }

  /**
   * What fails for every number is no attempt of any lead: the campaign stands still until a person starts it again.
   * @returns `evidence` for an attempt that shows whether the way out works
   */
  async function judge(
    call: Dialling,
    outcome: Outcome,
    { id, automation, status }: Campaign,
  ): Promise<'attempt' | 'evidence' | 'none'> {
    if (call.from !== 'waiting' || !automation) return 'attempt'
    // Calls that were under way as it was paused.
    if (status !== 'active') return isNotOut(outcome) ? 'none' : 'attempt'
    const outage = outages.judge(id, call, outcome)
    if (outage === undefined) return 'evidence'
    const { note, counted: attempts } = outage
    const isPaused = await campaigns.halt(id, { note, attempts }, nowS())
    outages.clear(id)
    if (isPaused) needs.onNote?.('campaign_paused', { campaignId: id, note })
    return 'none'
  }

  /** An agent whose phone rings on, is busy or declines again and again is not there, whatever their status. */
  async function noteMissed(agentId: string, outcome: Outcome, campaignId: string | null) {
    if (!outcome.startsWith('own_')) {
      missed.delete(agentId)
      return
    }
    const inARow = (missed.get(agentId) ?? 0) + 1
    missed.set(agentId, inARow)
    if (inARow < MOST_MISSED) return
    const name = await agents.breakOff(agentId, nowS())
    missed.delete(agentId)
    if (name === undefined) return
    const note = `${name} is on BREAK: their phone did not take ${inARow} calls in a row (${outcome.toUpperCase()})`
    needs.onNote?.('agent_break', { agentId, note })
    if (campaignId !== null) await campaigns.setNote(campaignId, note)
  }

  /**
   * No process dialled it. One that stopped before it did, and wakes up now, must find the id taken.
   * @param asked by an earlier round, which could not write the rest
   */
  async function giveBack(call: Dialling, asked?: DialledCall) {
    const { agentId, callId, number, since } = call
    const [agent] = agentId === null || asked !== undefined ? [] : await agents.findAll([agentId])
    const userId = agent?.userId ?? null
    if (userId !== null) {
      await dialled.add({ id: callId, userId, number, createdAt: since, outcome: 'cancelled' })
    }
    await callLog.finish(callId, 'cancelled')
    await queue.settle(call, neverDialled(call, nowS()))
  }

  return {
    async reconcile() {
      const going: Dialling[] = []
      const all = await queue.dialling()
      outages.look(
        all.map(({ campaignId, callId }) => {
          const live = needs.liveCall(callId)
          return { campaignId, callId, legs: isLive(live) ? live.legs : [] }
        }),
        needs.now(),
      )
      const extensionOf = await extensionsIn(all.filter(({ callId }) => isLive(needs.liveCall(callId))))
      for (const call of all) {
        try {
          if (!(await look(call, extensionOf))) going.push(call)
          failing.worked(call.callId)
        } catch (err) {
          failing.failed(call.callId, err)
          going.push(call)
        }
      }
      return going
    },
  }
}

const isLive = <C extends Pick<Call, 'state'>>(call: C | undefined): call is C =>
  call !== undefined && call.state !== 'ended'

/** What `giveBack` writes. A call that was dialled has a record in the history before it has an outcome. */
const isGivenBack = ({ outcome, createdAt }: DialledCall, { since }: Dialling) =>
  outcome === 'cancelled' && createdAt === since
