import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Webhooks } from '../../core/webhooks/webhooks.ts'
import type { Guard, Guarded } from '../guard.ts'
import { limitJsonBody } from '../json-body.ts'
import { actedBy } from './acted-by.ts'
import { nextCursor, readCursor } from './paging.ts'
import { adminProblems, json, jsonRequest, problem, security } from './responses.ts'
import * as wire from './webhook-wire.ts'
import { IdParam } from './wire.ts'

export interface DeliveryRoutesNeeds {
  guard: Guard
  webhooks: Pick<Webhooks, 'listDeliveries' | 'replay' | 'replayFailed'>
  /** As of the endpoints' routes. */
  tags: string[]
}

const notFound = problem('No such webhook')

/** The messages of an endpoint, and sending them again. */
export function addDeliveryRoutes(
  app: OpenAPIHono<Guarded>,
  { guard, webhooks, tags }: DeliveryRoutesNeeds,
): void {
  const admin = guard({ roles: ['admin'] })

  app.openapi(
    createRoute({
      method: 'get',
      path: '/webhooks/{webhookId}/deliveries',
      operationId: 'listWebhookDeliveries',
      summary: 'Messages of an endpoint, the newest first (admin)',
      tags,
      security,
      middleware: admin,
      request: { params: wire.EndpointParams, query: wire.DeliveriesQuery },
      responses: { 200: json(wire.DeliveryListJson, 'A page of them'), ...adminProblems, 404: notFound },
    }),
    async (c) => {
      const { limit, cursor, status } = c.req.valid('query')
      const beforeId = readCursor(cursor, z.tuple([IdParam]))?.[0]
      const { webhookId } = c.req.valid('param')
      const { deliveries, total } = await webhooks.listDeliveries(webhookId, { status }, { beforeId, limit })
      const next = nextCursor(deliveries, limit, ({ id }) => [id])
      return c.json({ deliveries: deliveries.map(wire.toDeliveryJson), next_cursor: next, total }, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/webhooks/{webhookId}/deliveries/{messageId}/replay',
      operationId: 'replayWebhookMessage',
      summary: 'Send one message again, delivered or not (admin)',
      tags,
      security,
      middleware: admin,
      request: { params: wire.MessageParams },
      responses: {
        202: json(wire.QueuedMessageJson, 'It is sent at once, with all attempts'),
        ...adminProblems,
        404: problem('No such webhook, or no such message of it'),
      },
    }),
    async (c) => {
      const { webhookId, messageId } = c.req.valid('param')
      await webhooks.replay(webhookId, messageId, actedBy(c))
      return c.json({ message_id: messageId }, 202)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/webhooks/{webhookId}/replay',
      operationId: 'replayWebhookFailures',
      summary: 'Send again all messages that failed since a time (admin)',
      tags,
      security,
      middleware: [admin, limitJsonBody],
      request: {
        params: wire.EndpointParams,
        body: { required: true, ...jsonRequest(wire.ReplayBody, 'Since when') },
      },
      responses: {
        202: json(wire.ReplayedJson, 'How many are sent again'),
        ...adminProblems,
        404: notFound,
      },
    }),
    async (c) => {
      const since = Math.floor(Date.parse(c.req.valid('json').since) / 1000)
      const { webhookId } = c.req.valid('param')
      return c.json({ replayed: await webhooks.replayFailed(webhookId, since, actedBy(c)) }, 202)
    },
  )
}
