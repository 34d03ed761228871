import { Refusal } from '../../refusal.ts'

/** What a board measures, and which side of a threshold is bad. */
export const MEASURES = {
  /** Agents who could take a call. */
  agents_ready: 'below',
  /** Calls from outside that ring at agents, and that none has answered yet. */
  calls_waiting: 'above',
  /** Seconds that the oldest of them has waited. */
  longest_wait: 'above',
  /** Seconds of the longest break that goes on. */
  longest_break: 'above',
  /** Per cent of the calls of today. */
  answer_rate: 'below',
} as const
export type MeasureName = keyof typeof MEASURES
export const MEASURE_NAMES = Object.keys(MEASURES) as MeasureName[] // the keys of a constant

export const LEVELS = ['normal', 'warning', 'critical'] as const
export type Level = (typeof LEVELS)[number]

/** Null: no such level. */
export interface Threshold {
  warning: number | null
  critical: number | null
}
export type Thresholds = Readonly<Record<MeasureName, Threshold>>

const NONE: Threshold = { warning: null, critical: null }
export const NO_THRESHOLDS: Thresholds = Object.fromEntries(
  MEASURE_NAMES.map((name) => [name, NONE]),
) as Record<MeasureName, Threshold> // one of each

/** @param value null: not known, as the answer rate of no call */
export function levelOf(name: MeasureName, value: number | null, { warning, critical }: Threshold): Level {
  if (value === null) return 'normal'
  const reaches = (limit: number | null) =>
    limit !== null && (MEASURES[name] === 'above' ? value >= limit : value < limit)
  return reaches(critical) ? 'critical' : reaches(warning) ? 'warning' : 'normal'
}

/** @throws {Refusal} `input_invalid` for a critical level that is reached before its warning */
export function requireOrdered(thresholds: Thresholds): void {
  const wrong = MEASURE_NAMES.find((name) => {
    const { warning, critical } = thresholds[name]
    if (warning === null || critical === null) return false
    return MEASURES[name] === 'above' ? critical < warning : critical > warning
  })
  if (wrong === undefined) return
  const side = MEASURES[wrong] === 'above' ? 'below' : 'above'
  throw new Refusal('input_invalid', { detail: `${wrong}: critical must not be ${side} warning` })
}

export interface StoredThresholds {
  thresholds: Thresholds
  version: number
}

/** `team` null: of the board of all teams. */
export interface ThresholdStore {
  find(team: string | null): Promise<StoredThresholds | undefined>
  /**
   * @param version expected version, if the client sent one
   * @throws {Refusal} `stale`
   */
  save(
    team: string | null,
    thresholds: Thresholds,
    version: number | undefined,
    now: number,
  ): Promise<StoredThresholds>
}
