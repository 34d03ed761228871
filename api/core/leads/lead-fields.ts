import { z } from 'zod'
import { Email } from '../email.ts'

/** What people write about a lead, each member by itself; whoever reads lists or bodies uses the same. */

const line = (most: number) =>
  z
    .string()
    .trim()
    .max(most)
    .refine((text) => !/\p{Cc}/u.test(text), 'no line breaks, no control characters')
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
  phone: line(64).min(1),
  email: orNone(Email),
  company: orNone(line(200)),
  title: orNone(line(100)),
  notes: orNone(
    z
      .string()
      .trim()
      .max(10_000)
      .refine((text) => !text.includes('\0'), 'no NUL'),
  ),
  timeZone: orNone(z.string().max(64).refine(isTimeZone, 'not a time zone like Europe/Berlin')),
}

/** Names of IANA alone: offsets know nothing of summer. */
function isTimeZone(text: string): boolean {
  if (!/^[A-Za-z]/.test(text)) return false
  try {
    new Intl.DateTimeFormat('en', { timeZone: text })
    return true
  } catch {
    return false
  }
}
