import { z } from 'zod'
import { wholeNumber } from '../../runtime/env.ts'

/** The senders of webhooks. Without Telnyx's key its webhook accepts nothing. */
export const webhookSettings = {
  HOOKSWITCH_TELNYX_PUBLIC_KEY: z
    .string()
    .regex(/^[A-Za-z0-9+/]{43}=$/, 'must be the base64 of 32 bytes, as the portal shows it')
    .optional(),
  HOOKSWITCH_TELNYX_TOLERANCE: wholeNumber('seconds', 1, 3_600).default(300),
}

type Env = z.output<z.ZodObject<typeof webhookSettings>>

export const toWebhookConfig = (env: Env) => ({
  telnyx: {
    publicKey: env.HOOKSWITCH_TELNYX_PUBLIC_KEY,
    toleranceSeconds: env.HOOKSWITCH_TELNYX_TOLERANCE,
  },
})
