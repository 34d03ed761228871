/** Calling hours as the API has them: the same hours on each of the weekdays. */
export interface Week {
  /** After midnight; `endMinute` is exclusive, and 1440 the end of the day. */
  startMinute: number
  endMinute: number
  /** ISO 8601: 1 is Monday. Sorted. */
  weekdays: readonly number[]
}

export interface Cell {
  /** 1 to 7. */
  day: number
  /** 0 to 23. */
  hour: number
}

export const DAYS = [1, 2, 3, 4, 5, 6, 7] as const
export const HOURS = Array.from({ length: 24 }, (_, hour) => hour)
const DAY_MINUTES = 1_440

/** How much of an hour is open. */
export function openness(
  { startMinute, endMinute, weekdays }: Week,
  { day, hour }: Cell,
): 'all' | 'part' | 'none' {
  const [from, until] = [Math.max(startMinute, hour * 60), Math.min(endMinute, (hour + 1) * 60)]
  if (!weekdays.includes(day) || until <= from) return 'none'
  return until - from === 60 ? 'all' : 'part'
}

/** The hours and days of the rectangle between two cells. */
export const drawnWeek = (a: Cell, b: Cell): Week => ({
  startMinute: Math.min(a.hour, b.hour) * 60,
  endMinute: (Math.max(a.hour, b.hour) + 1) * 60,
  weekdays: DAYS.filter((day) => day >= Math.min(a.day, b.day) && day <= Math.max(a.day, b.day)),
})

/** Opens a day, or closes it: not the last one, as a campaign without days never calls. */
export function toggleDay(week: Week, day: number): Week {
  const others = week.weekdays.filter((one) => one !== day)
  if (others.length === 0) return week
  const weekdays = others.length < week.weekdays.length ? others : [...others, day].sort((a, b) => a - b)
  return { ...week, weekdays }
}

/** The cell that an arrow key leads to; undefined for other keys. */
export function neighbour({ day, hour }: Cell, key: string): Cell | undefined {
  const to = {
    ArrowLeft: { day, hour: hour - 1 },
    ArrowRight: { day, hour: hour + 1 },
    ArrowUp: { day: day - 1, hour },
    ArrowDown: { day: day + 1, hour },
    Home: { day, hour: 0 },
    End: { day, hour: 23 },
  }[key]
  if (to === undefined) return undefined
  return { day: Math.min(7, Math.max(1, to.day)), hour: Math.min(23, Math.max(0, to.hour)) }
}

/** `09:30:00` of the API, or `09:30`. The last second of the day means its end. */
export function toMinute(time: string): number {
  if (time.startsWith('23:59:59')) return DAY_MINUTES
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * 60 + minutes
}

/** As `09:30`; the end of the day as `24:00`. */
export const toTimeText = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
