import type { Language } from '../../i18n/languages.ts'

/** A moment with its weekday and date in a zone, such as `Tue, 1 Dec, 10:00`. */
export const formatInZone = (language: Language, moment: string | number, zone: string): string =>
  new Intl.DateTimeFormat(language, {
    timeZone: zone,
    ...{ weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
  }).format(new Date(moment))
