import type { Period } from '../search.ts'

/** Days before today that a period begins with. */
const DAYS: Record<Period, number> = { day: 0, week: 6, month: 29 }

const dayText = (date: Date) =>
  [date.getFullYear(), date.getMonth() + 1, date.getDate()]
    .map((part) => String(part).padStart(2, '0'))
    .join('-')

/** The last days up to today in the browser's calendar, and how finely they are shown. */
export function toFiguresRange(period: Period, now: Date): { by: 'hour' | 'day'; from: string; to: string } {
  const first = new Date(now.getFullYear(), now.getMonth(), now.getDate() - DAYS[period])
  return { by: period === 'day' ? 'hour' : 'day', from: dayText(first), to: dayText(now) }
}
