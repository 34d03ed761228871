import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { UserStatuses } from '../../core/presence/user-status.ts'
import type { Guard, Guarded } from '../guard.ts'
import { limitJsonBody } from '../json-body.ts'
import * as wire from './call-wire.ts'
import { commonProblems, jsonRequest, security } from './responses.ts'

export interface PresenceRoutesNeeds {
  guard: Guard
  statuses: Pick<UserStatuses, 'set'>
}

/** A user's own status. */
export function addPresenceRoutes(app: OpenAPIHono<Guarded>, { guard, statuses }: PresenceRoutesNeeds): void {
  app.openapi(
    createRoute({
      method: 'put',
      path: '/status',
      operationId: 'setStatus',
      summary: 'Set my status: available, away, dnd or offline',
      tags: ['presence'],
      security,
      middleware: [guard(), limitJsonBody],
      request: { body: { required: true, ...jsonRequest(wire.StatusBody, 'My status') } },
      responses: { 204: { description: 'Stored and published' }, ...commonProblems },
    }),
    async (c) => {
      await statuses.set(c.var.actor, c.req.valid('json').status)
      return c.body(null, 204)
    },
  )
}
