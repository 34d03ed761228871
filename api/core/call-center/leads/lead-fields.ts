import { z } from 'zod'
import { toVisibleText } from '../../dial-policy/parse-number.ts'
import { Email } from '../../values/email.ts'
import { INVALID_TIME_ZONE, isTimeZone } from '../../values/time-zone.ts'

/** Schemas of the lead members that people write. CSV imports and request bodies share them. */

const singleLine = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((text) => !/\p{Cc}/u.test(text), 'must be one line, without control characters')
/** An empty text becomes null. */
const emptyToNull = <T extends z.ZodType<string>>(text: T) =>
  z
    .union([z.literal('').transform(() => null), text])
    .nullable()
    .describe('empty or null: none')

export const LeadFields = {
  name: singleLine(200),
  firstName: singleLine(100),
  lastName: singleLine(100),
  // As written, without invisible characters such as the direction marks of address books.
  phone: z.string().max(256).transform(toVisibleText).pipe(singleLine(64).min(1)),
  email: emptyToNull(Email),
  company: emptyToNull(singleLine(200)),
  title: emptyToNull(singleLine(100)),
  notes: emptyToNull(
    z
      .string()
      .trim()
      .max(10_000)
      .refine((text) => !text.includes('\0'), 'must be without the character NUL'),
  ),
  timeZone: emptyToNull(z.string().trim().max(64).refine(isTimeZone, INVALID_TIME_ZONE)),
}
