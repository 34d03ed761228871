import type { Language } from '../../i18n/language.ts'

const UNITS = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** A time span in its largest whole unit, such as `3 days`; never less than a minute. */
export function formatAge(language: Language, ms: number): string {
  const [unit, length] = UNITS.find(([, one]) => ms >= one) ?? UNITS[2]
  const value = Math.max(1, Math.floor(ms / length))
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(value)
}
