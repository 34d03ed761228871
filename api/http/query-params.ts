import { z } from '@hono/zod-openapi'

/**
 * In a query a + stands for a blank (WHATWG URL, application/x-www-form-urlencoded), and clients write one for
 * itself all the same. No number begins with a blank and no moment has one before its offset, so there it was a +.
 */
const restorePlus = (text: string) =>
  text.replace(/^(tel:)? (?=[1-9(]|$)/i, '$1+').replace(/(?<=T[\d:.,]+) (?=\d\d:?\d\d$)/i, '+')

/** A number, or how it begins: the dial policy reads it. */
export const PhoneNumberParam = z.string().min(1).max(64).transform(restorePlus).openapi({ type: 'string' })

/** To the second, rounded up: what is asked for has no fractions. ISO 8601; a mere date is its midnight in UTC. */
export const TimestampParam = z
  .string()
  .transform(restorePlus)
  .pipe(z.union([z.iso.datetime({ offset: true }), z.iso.date()]))
  .transform((text) => Math.ceil(Date.parse(text) / 1000))
  .openapi({ type: 'string', example: '2026-01-31' })
