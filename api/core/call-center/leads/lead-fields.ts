import { z } from 'zod'
import { toVisibleText } from '../../dial-policy/parse-number.ts'
import { Email } from '../../values/email.ts'
import { INVALID_TIME_ZONE, isTimeZone } from '../../values/time-zone.ts'
import { cleanName } from './lead-name.ts'

/** Schemas of the lead members that people write. CSV imports and request bodies share them. */

const singleLine = (max: number) =>
  z
    .string()
    .trim()
    .max(max)
    .refine((text) => !/\p{Cc}/u.test(text), 'must be one line, without control characters')
/** As `singleLine`, and without marks that would turn the text around it. */
const nameLine = (max: number) =>
  singleLine(max).refine((text) => cleanName(text) === text, 'must be without marks of text direction')
/** An empty text becomes null. */
const emptyToNull = <T extends z.ZodType<string>>(text: T) =>
  z
    .union([z.literal('').transform(() => null), text])
    .nullable()
    .describe('empty or null: none')

export const LeadFields = {
  name: nameLine(200),
  firstName: nameLine(100),
  lastName: nameLine(100),
  // As written, without invisible characters such as the direction marks of address books.
  phone: z.string().max(256).transform(toVisibleText).pipe(singleLine(64).min(1)),
  email: emptyToNull(Email),
  company: emptyToNull(nameLine(200)),
  title: emptyToNull(nameLine(100)),
  notes: emptyToNull(
    z
      .string()
      .trim()
      .max(10_000)
      .refine((text) => !text.includes('\0'), 'must be without the character NUL'),
  ),
  timeZone: emptyToNull(z.string().trim().max(64).refine(isTimeZone, INVALID_TIME_ZONE)),
}
