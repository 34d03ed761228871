import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Webhooks } from '../../core/webhooks/webhooks.ts'
import type { Guard, Guarded } from '../guard.ts'
import { IfMatchHeaders, ifMatch, setVersionEtag } from '../if-match.ts'
import { limitJsonBody } from '../json-body.ts'
import { actedBy } from './acted-by.ts'
import { ListQuery, nextCursor, readCursor } from './paging.ts'
import { adminProblems, json, jsonRequest, problem, security } from './responses.ts'
import { addDeliveryRoutes } from './webhook-delivery-routes.ts'
import { documentWebhookEvents } from './webhook-event-wire.ts'
import * as wire from './webhook-wire.ts'
import { IdParam, PREFIX } from './wire.ts'

export interface WebhookRoutesNeeds {
  guard: Guard
  webhooks: Webhooks
}

export const webhookTag = {
  name: 'webhooks',
  description: 'Events that are sent to other programs. For administrators.',
}
const tags = [webhookTag.name]
const notFound = problem('No such webhook')
const etag = {
  headers: { ETag: { schema: { type: 'string' as const }, description: 'For `If-Match` of a change' } },
}
/** Answers with a secret are stored nowhere. */
const NO_STORE = { 'Cache-Control': 'no-store' }

/** Endpoints that get events, and their deliveries. */
export function addWebhookRoutes(app: OpenAPIHono<Guarded>, { guard, webhooks }: WebhookRoutesNeeds): void {
  const admin = guard({ roles: ['admin'] })
  const adminJson = [admin, limitJsonBody]

  app.openapi(
    createRoute({
      method: 'get',
      path: '/webhooks',
      operationId: 'listWebhooks',
      summary: 'Endpoints that get events, without their secrets (admin)',
      tags,
      security,
      middleware: admin,
      request: { query: ListQuery },
      responses: { 200: json(wire.WebhookListJson, 'A page of them'), ...adminProblems },
    }),
    async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const afterId = readCursor(cursor, z.tuple([IdParam]))?.[0]
      const { endpoints, total } = await webhooks.list({ afterId, limit })
      const next = nextCursor(endpoints, limit, ({ id }) => [id])
      return c.json({ webhooks: endpoints.map(wire.toWebhookJson), next_cursor: next, total }, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/webhooks',
      operationId: 'createWebhook',
      summary: 'Send events to a URL (admin)',
      description:
        'The URL has https and leads to a public address, unless the settings allow others. The answer has the secret, which is shown once.',
      tags,
      security,
      middleware: adminJson,
      request: { body: { required: true, ...jsonRequest(wire.WebhookBody, 'The endpoint') } },
      responses: {
        201: {
          ...json(wire.WebhookSecretJson, 'The endpoint, at Location, with its secret'),
          headers: { Location: { schema: { type: 'string' }, description: 'Path of the endpoint' } },
        },
        ...adminProblems,
        409: problem('There are too many endpoints'),
      },
    }),
    async (c) => {
      const { endpoint, secret } = await webhooks.create(wire.toNewEndpoint(c.req.valid('json')), actedBy(c))
      return c.json({ ...wire.toWebhookJson(endpoint), secret }, 201, {
        Location: `${PREFIX}/webhooks/${endpoint.id}`,
        ...NO_STORE,
      })
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/webhooks/{webhookId}',
      operationId: 'findWebhook',
      summary: 'One endpoint (admin)',
      tags,
      security,
      middleware: admin,
      request: { params: wire.EndpointParams },
      responses: {
        200: { ...json(wire.WebhookJson, 'The endpoint'), ...etag },
        404: notFound,
        ...adminProblems,
      },
    }),
    async (c) => {
      const endpoint = await webhooks.find(c.req.valid('param').webhookId)
      setVersionEtag(c, endpoint.version)
      return c.json(wire.toWebhookJson(endpoint), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'put',
      path: '/webhooks/{webhookId}',
      operationId: 'changeWebhook',
      summary: 'Change an endpoint; enabling it sends what waits (admin)',
      tags,
      security,
      middleware: adminJson,
      request: {
        params: wire.EndpointParams,
        headers: IfMatchHeaders,
        body: { required: true, ...jsonRequest(wire.WebhookBody, 'The whole endpoint') },
      },
      responses: {
        200: { ...json(wire.WebhookJson, 'The endpoint as changed'), ...etag },
        ...adminProblems,
        404: notFound,
        412: problem('The endpoint has changed since it was read'),
      },
    }),
    async (c) => {
      const { webhookId } = c.req.valid('param')
      const body = wire.toNewEndpoint(c.req.valid('json'))
      const endpoint = await ifMatch(c, (version) => webhooks.update(webhookId, body, version, actedBy(c)))
      setVersionEtag(c, endpoint.version)
      return c.json(wire.toWebhookJson(endpoint), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/webhooks/{webhookId}',
      operationId: 'deleteWebhook',
      summary: 'Delete an endpoint with its deliveries (admin)',
      tags,
      security,
      middleware: admin,
      request: { params: wire.EndpointParams },
      responses: { 204: { description: 'It is gone' }, ...adminProblems, 404: notFound },
    }),
    async (c) => {
      await webhooks.remove(c.req.valid('param').webhookId, actedBy(c))
      return c.body(null, 204)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/webhooks/{webhookId}/rotate-secret',
      operationId: 'rotateWebhookSecret',
      summary: 'Make a new secret; the one before signs as well for a while (admin)',
      tags,
      security,
      middleware: adminJson,
      request: {
        params: wire.EndpointParams,
        body: { required: true, ...jsonRequest(wire.RotateBody, 'How long both secrets sign') },
      },
      responses: {
        200: json(wire.WebhookSecretJson, 'The endpoint with its new secret'),
        ...adminProblems,
        404: notFound,
      },
    }),
    async (c) => {
      const { overlap_seconds: overlap } = c.req.valid('json')
      const { webhookId } = c.req.valid('param')
      const { endpoint, secret } = await webhooks.rotateSecret(webhookId, overlap, actedBy(c))
      return c.json({ ...wire.toWebhookJson(endpoint), secret }, 200, NO_STORE)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/webhooks/{webhookId}/test',
      operationId: 'testWebhook',
      summary: 'Queue a message `webhook.test` (admin)',
      tags,
      security,
      middleware: admin,
      request: { params: wire.EndpointParams },
      responses: {
        202: json(wire.QueuedMessageJson, 'Its delivery shows what the endpoint answers'),
        ...adminProblems,
        404: notFound,
        409: problem('The endpoint is disabled'),
      },
    }),
    async (c) => c.json({ message_id: await webhooks.sendTest(c.req.valid('param').webhookId) }, 202),
  )
  addDeliveryRoutes(app, { guard, webhooks, tags })
  documentWebhookEvents(app, tags)
}
