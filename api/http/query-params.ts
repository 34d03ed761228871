import { z } from '@hono/zod-openapi'

/**
 * In a query, `+` encodes a blank (WHATWG URL, application/x-www-form-urlencoded), but clients also send a literal `+`
 * unencoded. No phone number begins with a blank and no timestamp has one before its offset, so there it was a `+`.
 */
const restorePlus = (text: string) =>
  text.replace(/^(tel:)? (?=[1-9(]|$)/i, '$1+').replace(/(?<=T[\d:.,]+) (?=\d\d:?\d\d$)/i, '+')

/** A phone number or its beginning; the dial policy parses it. */
export const PhoneNumberParam = z.string().min(1).max(64).transform(restorePlus).openapi({ type: 'string' })

/** ISO 8601; a date without a time is its midnight in UTC. Unix seconds, rounded up, as the stored times have no fractions. */
export const TimestampParam = z
  .string()
  .transform(restorePlus)
  .pipe(z.union([z.iso.datetime({ offset: true }), z.iso.date()]))
  .transform((text) => Math.ceil(Date.parse(text) / 1000))
  .openapi({ type: 'string', example: '2026-01-31' })
