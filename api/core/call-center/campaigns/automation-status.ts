import { toUnixSeconds } from '../../../../runtime/time.ts'
import { INVALID_TIME_ZONE, isTimeZone } from '../../values/time-zone.ts'
import type { AvailableAgents } from './available-agents.ts'
import type { Campaign } from './campaign.ts'
import type { CampaignProgress, CampaignStore, WaitingZone } from './campaign-store.ts'
import { busyAgentIds, type DialQueue } from './dial-queue.ts'
import { freeCapacity } from './free-capacity.ts'
import { nextCallTime } from './next-call-time.ts'
import type { TrunkCapacity } from './trunk-capacity.ts'

/** Progress of a campaign, and why it does not dial. */
export interface AutomationStatus {
  campaign: Campaign
  progress: CampaignProgress
  /** Number of agents who could take a call of the campaign now. */
  freeAgents: number
  /** For people: why the campaign does not dial although automation is on, or the last failure. */
  note: string | null
  /** When the next lead may be called, unix seconds; null if no lead waits. */
  nextTryAt: number | null
}

export interface AutomationStatusNeeds {
  campaigns: Pick<CampaignStore, 'progress' | 'waitingZones' | 'listAutomated' | 'hasDueLeadFor'>
  queue: Pick<DialQueue, 'inProgress'>
  availableAgents: AvailableAgents
  trunkCapacity: TrunkCapacity
  isOnline(): boolean
  now(): number
}

/** Reads the status by the dialer's own rules, so that any API can report it, also one that does not dial. */
export function createAutomationStatusReader({
  campaigns,
  queue,
  availableAgents,
  trunkCapacity,
  isOnline,
  now,
}: AutomationStatusNeeds) {
  return async (campaign: Campaign): Promise<AutomationStatus> => {
    const { id, rules, agentIds, automation, status } = campaign
    const progress = (await campaigns.progress([id])).get(id)
    if (progress === undefined) throw new TypeError('the store returns the progress of each campaign')
    const waiting = await campaigns.waitingZones(id)
    const attempts = await queue.inProgress()
    const ready = await availableAgents.find(agentIds, busyAgentIds(attempts))
    const presentable = ready.filter((agent) => availableAgents.canPresentNumber(agent, rules.callerId))
    const nextTryAt = earliestCallTime(campaign, waiting, now())

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
          : `the campaign’s timeZone ${rules.timeZone} ${INVALID_TIME_ZONE}`
      }
      if (nextTryAt * 1_000 > now()) return `${closedReason(waiting, now())} ${iso(nextTryAt)}`
      if (trunkCapacity.available(rules.trunk, []) === undefined)
        return `HOOKSWITCH_TRUNKS does not name ${rules.trunk}`
      if (attempts.filter(({ campaignId }) => campaignId === id).length >= rules.maxCalls) {
        return 'as many calls are under way as maxConcurrentCalls says'
      }
      if (freeCapacity(campaign, await campaigns.listAutomated(), attempts, trunkCapacity) < 1)
        return 'the trunk is full'
      if (ready.length === 0) return 'no free agent'
      if (presentable.length === 0) return 'callerId is not one of the numbers that a free agent may show'
      const presentableIds = presentable.map((agent) => agent.id)
      if (!(await campaigns.hasDueLeadFor(id, presentableIds, toUnixSeconds(now())))) {
        return 'the leads that are due wait for those they are assigned to'
      }
      return campaign.automationNote ?? invalidZonesNote(waiting)
    }
    return { campaign, progress, freeAgents: presentable.length, note: await note(), nextTryAt }
  }
}

function earliestCallTime({ rules }: Campaign, waiting: readonly WaitingZone[], now: number): number | null {
  const callTimes = waiting.flatMap(
    ({ zone, dueAt }) => nextCallTime(rules, zone, Math.max(now, dueAt * 1_000)) ?? [],
  )
  return callTimes.length === 0 ? null : toUnixSeconds(Math.min(...callTimes))
}

/** Old leads may have a time zone that is no longer accepted. They do not stop the other leads. */
function invalidZonesNote(waiting: readonly WaitingZone[]): string | null {
  const names = waiting.flatMap(({ zone }) => (zone === null || isTimeZone(zone) ? [] : zone))
  const [some, more] = [names.slice(0, 5).join(', '), names.length > 5 ? ' and more' : '']
  return names.length === 0
    ? null
    : `leads whose timeZone is ${some}${more} are called by the campaign’s: it ${INVALID_TIME_ZONE}`
}

const closedReason = (waiting: readonly WaitingZone[], now: number) =>
  waiting.some(({ dueAt }) => dueAt * 1_000 <= now) ? 'outside calling hours until' : 'no lead is due until'

const iso = (seconds: number) => new Date(seconds * 1_000).toISOString()
