import { z } from 'zod'
import { booleanFlag, commaSeparated, wholeNumber } from '../../runtime/env.ts'
import { isAllowedNetwork } from '../core/webhooks/receiver-address.ts'

/** The senders of webhooks, and what is sent to others. Without Telnyx's key its webhook accepts nothing. */
export const webhookSettings = {
  HOOKSWITCH_TELNYX_PUBLIC_KEY: z
    .string()
    .regex(/^[A-Za-z0-9+/]{43}=$/, 'must be the base64 of 32 bytes, as the portal shows it')
    .optional(),
  HOOKSWITCH_TELNYX_TOLERANCE: wholeNumber('seconds', 1, 3_600).default(300),
  HOOKSWITCH_WEBHOOK_ALLOWED_NETWORKS: commaSeparated().refine(
    (entries) => entries.every(isAllowedNetwork),
    'must be hosts, addresses or networks, such as crm.lan,10.0.0.7,10.1.0.0/16',
  ),
  HOOKSWITCH_WEBHOOK_INSECURE_HTTP: booleanFlag(),
  HOOKSWITCH_WEBHOOK_DAYS: wholeNumber('days', 4, 36_500).default(30),
}

type Env = z.output<z.ZodObject<typeof webhookSettings>>

export const toWebhookConfig = (env: Env) => ({
  telnyx: {
    publicKey: env.HOOKSWITCH_TELNYX_PUBLIC_KEY,
    toleranceSeconds: env.HOOKSWITCH_TELNYX_TOLERANCE,
  },
  outgoingWebhooks: {
    allowedNetworks: env.HOOKSWITCH_WEBHOOK_ALLOWED_NETWORKS,
    allowsHttp: env.HOOKSWITCH_WEBHOOK_INSECURE_HTTP,
    /** How long messages are stored. */
    days: env.HOOKSWITCH_WEBHOOK_DAYS,
  },
})
