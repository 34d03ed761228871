import { z } from 'zod'
import { isTimeZone, NO_TIME_ZONE } from '../time-zone.ts'

/** What people write about a lead, each member by itself; whoever reads lists or bodies uses the same. */

const line = (most: number) =>
  z
    .string()
    .trim()
    .max(most, `must have up to ${most} characters`)
    .refine((text) => !/\p{Cc}/u.test(text), 'must have no line breaks and no control characters')
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
  phone: line(64).min(1, 'must not be empty'),
  email: orNone(
    z.email('must be a mail address such as ada@example.org').max(254, 'must have up to 254 characters'),
  ),
  company: orNone(line(200)),
  title: orNone(line(100)),
  notes: orNone(
    z
      .string()
      .trim()
      .max(10_000, 'must have up to 10000 characters')
      .refine((text) => !text.includes('\0'), 'must have no NUL'),
  ),
  timeZone: orNone(z.string().trim().refine(isTimeZone, NO_TIME_ZONE)),
}
