import { z } from '@hono/zod-openapi'

/** Calling hours end before their end time, so a whole day ends at this minute. */
const MINUTES_PER_DAY = 24 * 60
/** The end of the day as answers write it: RFC 3339 has no 24:00:00. */
const END_OF_DAY = '23:59:59'

const toMinuteOfDay = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5))

/** Start of calling hours: parses a time of day to minutes after midnight. */
export const StartTimeOfDay = z
  .string()
  .regex(
    /^([01]\d|2[0-3]):[0-5]\d(:00(\.0{1,9})?)?$/,
    'must be a time of whole minutes such as 09:00 or 09:00:00',
  )
  .transform(toMinuteOfDay)
  .openapi({ type: 'string', example: '09:00:00' })

/** End of calling hours, as above. The end of the day is `23:59:59`; `24:00` and `00:00` are accepted for it. */
export const EndTimeOfDay = z
  .string()
  .regex(
    /^(([01]\d|2[0-3]):[0-5]\d(:00(\.0{1,9})?)?|24:00(:00)?|23:59:59(\.\d{1,9})?)$/,
    'must be a time of whole minutes such as 21:00 or 21:00:00, or 23:59:59 for the end of the day',
  )
  .transform((clock) =>
    clock.startsWith(END_OF_DAY) ? MINUTES_PER_DAY : toMinuteOfDay(clock) || MINUTES_PER_DAY,
  )
  .openapi({ type: 'string', example: '21:00:00', description: '`23:59:59` is the end of the day' })

/** @returns a time such as `09:00:00` (RFC 3339, partial-time), which the schemas above read back */
export const formatTimeOfDay = (minute: number): string =>
  minute >= MINUTES_PER_DAY
    ? END_OF_DAY
    : `${[Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':')}:00`
