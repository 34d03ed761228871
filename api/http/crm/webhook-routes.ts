import type { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { TelnyxWebhook } from '../../core/call-center/webhooks/telnyx-webhook.ts'
import { Refusal } from '../../core/refusal.ts'
import { DEFAULT_JSON_LIMITS, requireWithinLimits } from '../json-body.ts'
import { typedAs } from '../openapi.ts'
import type { Authorize, CrmEnv } from './authorize.ts'
import { ReceivedJson, TELNYX_ERRORS } from './webhook-wire.ts'

export interface WebhookRoutesNeeds {
  authorize: Authorize
  telnyx: TelnyxWebhook
}

const MAX_WEBHOOK_BYTES = 256 * 1024

export function addWebhookRoutes(app: Hono<CrmEnv>, { telnyx }: WebhookRoutesNeeds): void {
  const limitBody = bodyLimit({
    maxSize: MAX_WEBHOOK_BYTES,
    onError: () => {
      throw new Refusal('input_too_large')
    },
  })

  app.post('/api/webhooks/telnyx', limitBody, async (c) => {
    c.set('errorOverrides', TELNYX_ERRORS)
    const body = new Uint8Array(await c.req.arrayBuffer())
    requireWithinLimits(body, DEFAULT_JSON_LIMITS)
    const isNew = await telnyx.receive({
      signature: c.req.header('telnyx-signature-ed25519'),
      timestamp: c.req.header('telnyx-timestamp'),
      body,
    })
    return c.json(typedAs(ReceivedJson, { message: isNew ? 'Received' : 'Already received' }))
  })
}
