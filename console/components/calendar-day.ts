const DAY = /^\d{4}-\d{2}-\d{2}$/

/** Whether a text is a day of the calendar, such as `2026-01-31`; February 31 is none. */
export function isDay(text: string): boolean {
  if (!DAY.test(text)) return false
  const date = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

/** When a day begins in the browser’s time zone, some days later; an ISO time. */
export function startOfDay(day: string, daysLater = 0): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  return new Date(year, month - 1, date + daysLater).toISOString()
}
