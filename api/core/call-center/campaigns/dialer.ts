import { ourCallId } from '../../calls/call-id.ts'
import type { Lease } from '../../lease.ts'
import type { Floor, FreeAgent } from './available-agents.ts'
import type { Campaign } from './campaign.ts'
import type { Placing } from './campaign-call-placer.ts'
import type { CampaignStore } from './campaign-store.ts'
import { busyIn, type Dialling, type DialQueue } from './dial-queue.ts'
import type { Reconciler } from './dial-reconciler.ts'
import { zoneOpens } from './next-call-time.ts'
import type { Trunks } from './trunk-capacity.ts'

export interface DiallerNeeds {
  lease: Pick<Lease, 'fence' | 'pass'>
  queue: Pick<DialQueue, 'next'>
  campaigns: Pick<CampaignStore, 'automated' | 'waiting' | 'completeIfOver'>
  reconciler: Reconciler
  floor: Floor
  trunks: Trunks
  placing: Placing
  /** Whether the PBX takes calls. */
  isOnline(): boolean
  newId(): string
  now(): number
}

export interface Dialler {
  /** Settles what is over, and gives each free agent a lead. Call it about twice a second. */
  round(): Promise<void>
}

/** A list may grow while it is called: an empty one is over after that long, in ms. */
const EMPTY_FOR_MS = 10_000
/** A PBX that restarts is back by then, in ms; longer, and another API may reach it. */
const AWAY_MS = 3_000
/** Longer than others take to ask for the lease, in ms; and how often they may. */
const PASS_FOR_MS = 2_000
const PASS_EVERY_MS = 30_000

/** Only whoever holds the lease dials; what the lease cannot promise the queue does. */
export function createDialler(needs: DiallerNeeds): Dialler {
  const { lease, queue, campaigns, floor, trunks, placing } = needs
  const emptySince = new Map<string, number>()
  /** Those who had a turn the longest ago come first. */
  const lastTurn = new Map<string, number>()
  let turns = 0
  let awaySince: number | undefined
  let passedAt = Number.NEGATIVE_INFINITY

  function passWhileAway() {
    awaySince ??= needs.now()
    if (needs.now() - awaySince < AWAY_MS || needs.now() - passedAt < PASS_EVERY_MS) return
    passedAt = needs.now()
    lease.pass(PASS_FOR_MS)
  }

  async function completeIfEmpty({ id }: Campaign, isEmpty: boolean) {
    if (!isEmpty) {
      emptySince.delete(id)
      return
    }
    const since = emptySince.get(id) ?? needs.now()
    emptySince.set(id, since)
    if (needs.now() - since < EMPTY_FOR_MS) return
    emptySince.delete(id)
    await campaigns.completeIfOver(id, Math.floor(needs.now() / 1_000))
  }

  /** @param going all that is being called; what is taken is added */
  async function dial(campaign: Campaign, all: readonly Campaign[], going: Dialling[], fence: number) {
    const { id, rules } = campaign
    const waiting = await campaigns.waiting(id)
    await completeIfEmpty(
      campaign,
      waiting.length === 0 && !going.some(({ campaignId }) => campaignId === id),
    )
    const at = needs.now()
    const open = waiting
      .filter(({ zone, dueAt }) => dueAt * 1_000 <= at && zoneOpens(rules, zone, at) === at)
      .toSorted((a, b) => a.dueAt - b.dueAt)
      .map(({ zone }) => zone)
    if (open.length === 0) return
    const free = await freeOf(campaign, going)
    let room = roomFor(campaign, all, going, trunks)
    for (const agent of free) {
      if (room < 1 || lease.fence() !== fence || needs.now() < placing.pausedUntil()) return
      const callId = ourCallId(needs.newId())
      const now = Math.floor(needs.now() / 1_000)
      const call = await queue.next({ campaignId: id, zones: open, agentId: agent.id, callId, now })
      // What is left may be for the others: leads that are assigned to them.
      if (call === undefined) continue
      placing.start(call, { agent, campaign, fence })
      going.push(call)
      room -= 1
      turns += 1
      lastTurn.set(id, turns)
    }
  }

  async function freeOf({ agentIds, rules }: Campaign, going: readonly Dialling[]): Promise<FreeAgent[]> {
    const free = await floor.free(agentIds, busyIn(going))
    return free.filter((agent) => floor.mayShow(agent, rules.callerId))
  }

  return {
    async round() {
      const fence = lease.fence()
      if (fence === undefined) return
      const going = await needs.reconciler.reconcile()
      if (!needs.isOnline()) return passWhileAway()
      awaySince = undefined
      if (needs.now() < placing.pausedUntil()) return
      const all = (await campaigns.automated()).filter(({ dialerMode }) => dialerMode === 'progressive')
      for (const known of [emptySince, lastTurn]) {
        for (const id of known.keys()) if (!all.some((one) => one.id === id)) known.delete(id)
      }
      const inTurn = all.toSorted((a, b) => (lastTurn.get(a.id) ?? 0) - (lastTurn.get(b.id) ?? 0))
      for (const campaign of inTurn) await dial(campaign, all, going, fence)
    },
  }
}

/** How many more calls a campaign may have now, by its own bound and its trunk's. */
export function roomFor(
  { id, rules }: Campaign,
  all: readonly Campaign[],
  going: readonly Pick<Dialling, 'campaignId' | 'callId'>[],
  trunks: Pick<Trunks, 'room'>,
): number {
  const sharing = new Set(all.filter((one) => one.rules.trunk === rules.trunk).map((one) => one.id))
  const byTrunk = going.filter(({ campaignId }) => campaignId !== null && sharing.has(campaignId))
  const own = going.filter(({ campaignId }) => campaignId === id).length
  const ofTrunk =
    trunks.room(
      rules.trunk,
      byTrunk.map(({ callId }) => callId),
    ) ?? 0
  return Math.min(rules.maxCalls - own, ofTrunk)
}
