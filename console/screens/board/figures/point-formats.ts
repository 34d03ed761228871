import type { Wire } from '../../../api/client.ts'

/** How the start of an hour or a day is written, in the time zone of the figures: short, and whole. */
export function pointFormats(
  language: string,
  { by, time_zone: timeZone }: Pick<Wire<'Figures'>, 'by' | 'time_zone'>,
): { one: Intl.DateTimeFormat; whole: Intl.DateTimeFormat } {
  const isHour = by === 'hour'
  return {
    one: new Intl.DateTimeFormat(language, {
      timeZone,
      ...(isHour ? { hour: '2-digit', minute: '2-digit' } : { day: 'numeric', month: 'short' }),
    }),
    whole: new Intl.DateTimeFormat(language, {
      timeZone,
      ...(isHour ? { dateStyle: 'medium', timeStyle: 'short' } : { dateStyle: 'full' }),
    }),
  }
}
