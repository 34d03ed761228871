import { fromLocalTime, toLocalTime } from '../../../components/zone-time.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** Times that are agreed often, local in a zone. */
export function usualTimes(zone: string, now: number): Record<'inAnHour' | 'tomorrow' | 'nextWeek', string> {
  const today = toLocalTime(zone, now).slice(0, 10)
  const morning = (days: number) =>
    `${new Date(Date.parse(today) + days * DAY_MS).toISOString().slice(0, 10)}T10:00`
  // Full five minutes are read and agreed more easily.
  const soon = toLocalTime(zone, Math.ceil((now + HOUR_MS) / 300_000) * 300_000)
  return { inAnHour: soon, tomorrow: morning(1), nextWeek: morning(7) }
}

export type CallbackProblem = 'missing' | 'skipped' | 'past'

/** @returns why a local time cannot be agreed, or when it is */
export function readCallbackTime(zone: string, local: string, now: number): CallbackProblem | number {
  if (Number.isNaN(Date.parse(`${local}Z`))) return 'missing'
  const moment = fromLocalTime(zone, local)
  if (moment === undefined) return 'skipped'
  return moment <= now ? 'past' : moment
}
