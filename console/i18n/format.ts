import type { Language } from './languages.ts'

/** A time of today as `14:05`, another as `3 Nov, 14:05`. */
export function formatTime(language: Language, time: string | number | Date, now = new Date()): string {
  const date = new Date(time)
  const isToday = date.toDateString() === now.toDateString()
  const span = isToday ? 'day' : date.getFullYear() === now.getFullYear() ? 'year' : 'other'
  return timeFormat(language, span).format(date)
}

const timeFormats = new Map<string, Intl.DateTimeFormat>()

/** Long lists format many times, and making a format takes longer than using it. */
function timeFormat(language: Language, span: 'day' | 'year' | 'other'): Intl.DateTimeFormat {
  const key = `${language} ${span}`
  const known = timeFormats.get(key)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat(language, {
    ...(span === 'day' ? {} : { day: 'numeric', month: 'short' }),
    ...(span === 'other' ? { year: 'numeric' } : {}),
    hour: '2-digit',
    minute: '2-digit',
  })
  timeFormats.set(key, format)
  return format
}

/** A time with its date and seconds, for titles and exports. */
export const formatFullTime = (language: Language, time: string | number | Date): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' }).format(new Date(time))

/** Seconds as `1:05` or `1:02:03`, as on a phone’s display. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const two = (value: number) => String(value).padStart(2, '0')
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}

export const formatNumber = (language: Language, value: number): string =>
  new Intl.NumberFormat(language).format(value)
