import { isTimeZone, NO_TIME_ZONE } from '../../values/time-zone.ts'
import type { Floor } from './available-agents.ts'
import type { Campaign } from './campaign.ts'
import type { CampaignStore, Progress, Waiting } from './campaign-store.ts'
import { busyIn, type DialQueue } from './dial-queue.ts'
import { roomFor } from './dialer.ts'
import { zoneOpens } from './next-call-time.ts'
import type { Trunks } from './trunk-capacity.ts'

/** How far a campaign is, and whether anything is in its way. */
export interface Outlook {
  campaign: Campaign
  progress: Progress
  /** Agents who could have a call now. */
  freeAgents: number
  /** Why it does not dial although it should, or what went wrong last, for people. */
  note: string | null
  /** When the next lead may be called, unix seconds; null where none waits. */
  nextTryAt: number | null
}

export interface OutlookNeeds {
  campaigns: Pick<CampaignStore, 'progress' | 'waiting' | 'automated' | 'isOffered'>
  queue: Pick<DialQueue, 'dialling'>
  floor: Floor
  trunks: Trunks
  isOnline(): boolean
  now(): number
}

/** By the same rules as the dialler, so that any API can tell, whichever of them dials. */
export function createOutlook({ campaigns, queue, floor, trunks, isOnline, now }: OutlookNeeds) {
  return async (campaign: Campaign): Promise<Outlook> => {
    const { id, rules, agentIds, automation, status } = campaign
    const progress = (await campaigns.progress([id])).get(id)
    if (progress === undefined) throw new TypeError('each is told of')
    const waiting = await campaigns.waiting(id)
    const going = await queue.dialling()
    const ready = await floor.free(agentIds, busyIn(going))
    const free = ready.filter((agent) => floor.mayShow(agent, rules.callerId))
    const nextTryAt = nextTry(campaign, waiting, now())

    async function note(): Promise<string | null> {
      if (!automation) return null
      if (status === 'paused') {
        return campaign.automationNote === null
          ? 'the campaign is paused'
          : `the campaign is paused; at last, ${campaign.automationNote}`
      }
      if (campaign.dialerMode === 'preview') return 'agents dial by hand: its dialerMode is PREVIEW'
      if (!isOnline()) return 'the PBX is away'
      if (waiting.length === 0) return 'no lead is waiting'
      if (nextTryAt === null) {
        return isTimeZone(rules.timeZone)
          ? 'the calling hours never open'
          : `the campaign’s timeZone ${rules.timeZone} ${NO_TIME_ZONE}`
      }
      if (nextTryAt * 1_000 > now()) return `${closedWord(waiting, now())} ${iso(nextTryAt)}`
      if (trunks.room(rules.trunk, []) === undefined) return `HOOKSWITCH_TRUNKS does not name ${rules.trunk}`
      if (going.filter(({ campaignId }) => campaignId === id).length >= rules.maxCalls) {
        return 'as many calls are under way as maxConcurrentCalls says'
      }
      if (roomFor(campaign, await campaigns.automated(), going, trunks) < 1) return 'the trunk is full'
      if (ready.length === 0) return 'no free agent'
      if (free.length === 0) return 'callerId is not one of the numbers that a free agent may show'
      const offered = free.map((agent) => agent.id)
      if (!(await campaigns.isOffered(id, offered, Math.floor(now() / 1_000)))) {
        return 'the leads that are due wait for those they are assigned to'
      }
      return campaign.automationNote ?? noPlaces(waiting)
    }
    return { campaign, progress, freeAgents: free.length, note: await note(), nextTryAt }
  }
}

function nextTry({ rules }: Campaign, waiting: readonly Waiting[], now: number): number | null {
  const tries = waiting.flatMap(
    ({ zone, dueAt }) => zoneOpens(rules, zone, Math.max(now, dueAt * 1_000)) ?? [],
  )
  return tries.length === 0 ? null : Math.floor(Math.min(...tries) / 1_000)
}

/** Leads of before, when more names were accepted, do not stop the others. */
function noPlaces(waiting: readonly Waiting[]): string | null {
  const names = waiting.flatMap(({ zone }) => (zone === null || isTimeZone(zone) ? [] : zone))
  const [some, more] = [names.slice(0, 5).join(', '), names.length > 5 ? ' and more' : '']
  return names.length === 0
    ? null
    : `leads whose timeZone is ${some}${more} are called by the campaign’s: it ${NO_TIME_ZONE}`
}

const closedWord = (waiting: readonly Waiting[], now: number) =>
  waiting.some(({ dueAt }) => dueAt * 1_000 <= now) ? 'outside calling hours until' : 'no lead is due until'

const iso = (seconds: number) => new Date(seconds * 1_000).toISOString()
