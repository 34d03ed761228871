import { z } from '@hono/zod-openapi'

/** Minutes of a day; hours of a campaign end at one that is not included, so a whole day ends at this one. */
const MINUTES_PER_DAY = 24 * 60
/** No parser of RFC 3339 times takes 24:00:00, so the end of the day is shown as its last second. */
const END_OF_DAY = '23:59:59'

const toMinuteOfDay = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5))

/** When hours begin: a time of day as minutes after midnight. */
export const StartTimeOfDay = z
  .string()
  .regex(
    /^([01]\d|2[0-3]):[0-5]\d(:00(\.0{1,9})?)?$/,
    'must be a time of whole minutes such as 09:00 or 09:00:00',
  )
  .transform(toMinuteOfDay)
  .openapi({ type: 'string', example: '09:00:00' })

/** When they end. The end of the day is `23:59:59`, and may also be said as `24:00` or `00:00`. */
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

/** As an answer has it, and as `StartClock` and `EndClock` take it back: `09:00:00` (RFC 3339, partial-time). */
export const formatTimeOfDay = (minute: number): string =>
  minute >= MINUTES_PER_DAY
    ? END_OF_DAY
    : `${[Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, '0')).join(':')}:00`
