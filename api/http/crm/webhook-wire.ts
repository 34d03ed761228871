import { z } from '@hono/zod-openapi'
import { type ErrorOverrides, errorText } from '../errors.ts'

/** Telnyx signs its requests; it has no user and no token. */
export const TELNYX_ERRORS: ErrorOverrides = {
  credentials_wrong: errorText(401, 'Invalid signature', 'Signature realm="hookswitch"'),
}

export const SignatureHeaders = z.object({
  'telnyx-signature-ed25519': z.string().openapi({
    description: 'Ed25519 over `<telnyx-timestamp>|<body>`, base64',
    example: `${'A'.repeat(86)}==`,
  }),
  'telnyx-timestamp': z.string().openapi({
    description: 'Unix seconds; refused if it differs from now by more than HOOKSWITCH_TELNYX_TOLERANCE',
    example: '1769860800',
  }),
})

export const TelnyxEventBody = z
  .object({
    data: z.object({
      id: z.string(),
      event_type: z.string(),
      occurred_at: z.string().optional(),
      payload: z.looseObject({}),
    }),
  })
  .openapi('CrmTelnyxEvent', {
    example: {
      data: {
        id: 'bf6307bd-884d-4c1f-b6ea-c62b8c495d3c',
        event_type: 'message.received',
        occurred_at: '2026-01-31T12:00:00.000Z',
        payload: { from: { phone_number: '+493012345678' }, text: 'STOP' },
      },
    },
  })

export const ReceivedJson = z
  .object({ message: z.enum(['Received', 'Already received']) })
  .openapi('CrmWebhookHeard', { example: { message: 'Received' } })
