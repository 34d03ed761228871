import { z } from '@hono/zod-openapi'
import { parseNumber } from '../core/dial-policy/parse-number.ts'
import { Refusal } from '../core/refusal.ts'

/** A number that is stored and shown rather than dialled, without what people put between its digits. */
export const PhoneNumberText = z
  .string()
  .transform((text, ctx) => {
    try {
      return parseNumber(text)
    } catch (err) {
      if (!(err instanceof Refusal)) throw err
      ctx.addIssue({ code: 'custom', message: err.detail ?? 'must be a number' })
      return z.NEVER
    }
  })
  .openapi({ type: 'string' })
