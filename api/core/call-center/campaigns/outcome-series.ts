import { toUnixSeconds } from '../../../../runtime/time.ts'
import type { CallOutcome } from '../../calls/call.ts'
import { invalidInput } from '../../refusal.ts'
import {
  type BinSize,
  binIndex,
  type DayRange,
  dayOf,
  type TimeBin,
  timeBins,
} from '../../values/time-bins.ts'
import { isTimeZone } from '../../values/time-zone.ts'
import type { Campaign } from './campaign.ts'

/** Calls of a campaign in a bin of time, also those that its agents dialed by hand. */
export interface OutcomeBin extends TimeBin {
  /** With those that are under way, which have no outcome. */
  calls: number
  outcomes: Readonly<Partial<Record<CallOutcome, number>>>
}

export interface OutcomeSeries {
  timeZone: string
  range: DayRange
  bins: readonly OutcomeBin[]
}

export interface OutcomeCount {
  /** When the calls of this count began, unix seconds: the start of a quarter of an hour. */
  at: number
  /** Null for calls that are under way. */
  outcome: CallOutcome | null
  calls: number
}

export interface OutcomeSeriesStore {
  /**
   * Calls by the quarter of an hour in which they began: no time zone has another boundary of hours.
   * @param span unix seconds, `until` exclusive
   */
  countByQuarter(campaignId: string, span: { from: number; until: number }): Promise<OutcomeCount[]>
}

export interface OutcomeSeriesNeeds {
  store: OutcomeSeriesStore
  /** For a campaign with a time zone that is no longer accepted. */
  timeZone: string
  now(): number
}

const DEFAULT_DAYS = { hour: 1, day: 14 } as const
export const MAX_DAYS = { hour: 31, day: 366 } as const
const DAY_MS = 86_400_000

/** Outcomes over time, in the hours or days of the campaign's time zone. */
export function createOutcomeSeriesReader({ store, timeZone: fallback, now }: OutcomeSeriesNeeds) {
  /** @throws {Refusal} `input_invalid` if `to` is before `from`, or too far after it */
  return async (campaign: Campaign, by: BinSize, wanted: Partial<DayRange>): Promise<OutcomeSeries> => {
    const { timeZone: own } = campaign.rules
    const timeZone = isTimeZone(own) ? own : fallback
    const to = wanted.to ?? dayOf(toUnixSeconds(now()), timeZone)
    const range = { from: wanted.from ?? addDays(to, 1 - DEFAULT_DAYS[by]), to }
    const days = 1 + (Date.parse(range.to) - Date.parse(range.from)) / DAY_MS
    if (days < 1) throw invalidInput('from must not be after to')
    if (days > MAX_DAYS[by]) throw invalidInput(`from and to: at most ${MAX_DAYS[by]} days by ${by}`)
    const bins = timeBins(by, range, timeZone)
    const span = { from: bins[0]?.start ?? 0, until: bins.at(-1)?.end ?? 0 }
    return { timeZone, range, bins: countInBins(bins, await store.countByQuarter(campaign.id, span)) }
  }
}

/** Puts each count in its bin. */
export function countInBins(bins: readonly TimeBin[], counts: readonly OutcomeCount[]): OutcomeBin[] {
  const filled = bins.map((bin) => ({
    ...bin,
    calls: 0,
    outcomes: {} as Partial<Record<CallOutcome, number>>,
  }))
  for (const { at, outcome, calls } of counts) {
    const bin = filled[binIndex(bins, at)]
    if (bin === undefined) continue
    bin.calls += calls
    if (outcome !== null) bin.outcomes[outcome] = (bin.outcomes[outcome] ?? 0) + calls
  }
  return filled
}

const addDays = (day: string, days: number) =>
  new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10)
