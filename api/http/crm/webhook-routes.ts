import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { TelnyxWebhook } from '../../core/call-center/webhooks/telnyx-webhook.ts'
import { addRoute } from '../add-route.ts'
import { maxBodySize } from '../body-limit.ts'
import { DEFAULT_JSON_LIMITS, requireWithinLimits } from '../json-body.ts'
import { json, jsonBody, noAuth } from '../openapi.ts'
import type { CrmEnv } from './authorize.ts'
import { errorResponses } from './errors.ts'
import { ReceivedJson, SignatureHeaders, TELNYX_ERRORS, TelnyxEventBody } from './webhook-wire.ts'

export interface WebhookRoutesNeeds {
  telnyx: TelnyxWebhook
}

const MAX_WEBHOOK_BYTES = 256 * 1024

/** "Webhooks". */
export function addWebhookRoutes(app: OpenAPIHono<CrmEnv>, { telnyx }: WebhookRoutesNeeds): void {
  addRoute(
    app,
    createRoute({
      method: 'post',
      path: '/api/webhooks/telnyx',
      operationId: 'crmTelnyxWebhook',
      summary: 'Receive an event of Telnyx',
      description:
        'Each event is stored once, for 30 days. A message with the text STOP (or QUIT, END, REVOKE, OPT OUT, CANCEL, UNSUBSCRIBE, STOP ALL, or the same in other languages) and nothing else puts its sender on the do-not-call list. At most 256 kB.',
      request: { headers: SignatureHeaders, ...jsonBody(TelnyxEventBody) },
      responses: {
        200: json(ReceivedJson, 'The event is stored'),
        ...errorResponses(
          ['input_invalid', 'credentials_wrong', 'input_too_large', 'not_supported', 'unavailable'],
          TELNYX_ERRORS,
        ),
      },
      tags: ['Call centre: webhooks'],
      security: noAuth,
    }),
    maxBodySize(MAX_WEBHOOK_BYTES),
    async (c) => {
      c.set('errorOverrides', TELNYX_ERRORS)
      const body = new Uint8Array(await c.req.arrayBuffer())
      requireWithinLimits(body, DEFAULT_JSON_LIMITS)
      const isNew = await telnyx.receive({
        signature: c.req.header('telnyx-signature-ed25519'),
        timestamp: c.req.header('telnyx-timestamp'),
        body,
      })
      return c.json({ message: isNew ? 'Received' : 'Already received' }, 200)
    },
  )
}
