import { z } from 'zod'
import { legible } from '../../dial-policy/parse-number.ts'
import { Email } from '../../values/email.ts'
import { isTimeZone, NO_TIME_ZONE } from '../../values/time-zone.ts'

/** What people write about a lead, each member by itself; whoever reads lists or bodies uses the same. */

const line = (most: number) =>
  z
    .string()
    .trim()
    .max(most)
    .refine((text) => !/\p{Cc}/u.test(text), 'must be one line, without control characters')
/** Empty is none. */
const orNone = <T extends z.ZodType<string>>(text: T) =>
  z
    .union([z.literal('').transform(() => null), text])
    .nullable()
    .describe('empty or null: none')

export const LeadFields = {
  name: line(200),
  firstName: line(100),
  lastName: line(100),
  // As it was written, but for what nobody sees: marks of an address book, a tab for a blank.
  phone: z.string().max(256).transform(legible).pipe(line(64).min(1)),
  email: orNone(Email),
  company: orNone(line(200)),
  title: orNone(line(100)),
  notes: orNone(
    z
      .string()
      .trim()
      .max(10_000)
      .refine((text) => !text.includes('\0'), 'must be without the character NUL'),
  ),
  timeZone: orNone(z.string().trim().max(64).refine(isTimeZone, NO_TIME_ZONE)),
}
