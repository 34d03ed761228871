import { z } from '@hono/zod-openapi'
import { parseNumber } from '../core/dial-policy/parse-number.ts'
import { Refusal } from '../core/refusal.ts'

/** A phone number to store and show (not to dial), without the separators between its digits. */
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
