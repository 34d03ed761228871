import type { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Telnyx } from '../../core/call-center/webhooks/telnyx-webhook.ts'
import { Refusal } from '../../core/refusal.ts'
import { mustFit, USUAL } from '../json-body.ts'
import { as } from '../openapi.ts'
import type { Door, Known } from './authorize.ts'
import { Heard, TELNYX_WORDING } from './webhook-wire.ts'

export interface WebhookRoutesNeeds {
  door: Door
  telnyx: Telnyx
}

const MOST_BYTES = 256 * 1024

export function addWebhookRoutes(app: Hono<Known>, { telnyx }: WebhookRoutesNeeds): void {
  const limited = bodyLimit({
    maxSize: MOST_BYTES,
    onError: () => {
      throw new Refusal('input_too_large')
    },
  })

  app.post('/api/webhooks/telnyx', limited, async (c) => {
    c.set('wording', TELNYX_WORDING)
    const body = new Uint8Array(await c.req.arrayBuffer())
    mustFit(body, USUAL)
    const isNew = await telnyx.receive({
      signature: c.req.header('telnyx-signature-ed25519'),
      timestamp: c.req.header('telnyx-timestamp'),
      body,
    })
    return c.json(as(Heard, { message: isNew ? 'Received' : 'Already received' }))
  })
}
