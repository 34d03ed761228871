import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { Actor } from '../../core/actor.ts'
import type { CallCenterActor } from '../../core/call-center/agents/call-center-actor.ts'
import type { Callbacks } from '../../core/call-center/desk/callback.ts'
import type { Guard, Guarded } from '../guard.ts'
import { limitJsonBody } from '../json-body.ts'
import * as wire from './callback-wire.ts'
import { commonProblems, json, jsonRequest, problem, security } from './responses.ts'

export interface CallbackRoutesNeeds {
  guard: Guard
  resolveActor(actor: Actor): Promise<CallCenterActor>
  callbacks: Callbacks
}

const tags = ['desk']
const notFound = problem('No lead that you see has this id')
const byLead = { params: wire.LeadParams }

/** Times at which leads want to be called: their campaigns do. */
export function addCallbackRoutes(
  app: OpenAPIHono<Guarded>,
  { guard, resolveActor, callbacks }: CallbackRoutesNeeds,
): void {
  const signedIn = guard()

  app.openapi(
    createRoute({
      method: 'get',
      path: '/callbacks',
      operationId: 'listCallbacks',
      summary: 'Callbacks of the leads that I see, the next one first',
      tags,
      security,
      middleware: signedIn,
      request: { query: wire.CallbackQuery },
      responses: {
        200: json(wire.CallbackListJson, 'A page of them'),
        ...commonProblems,
        404: problem('No agent that you see has this id'),
      },
    }),
    async (c) => {
      const { limit, cursor, agent_id: agentId } = c.req.valid('query')
      const after = wire.readCallbackCursor(cursor)
      const by = await resolveActor(c.var.actor)
      const { callbacks: page, total } = await callbacks.list(by, { agentId }, { after, limit })
      return c.json(
        {
          callbacks: page.map(wire.toCallbackJson),
          next_cursor: wire.toCallbackCursor(page, limit),
          total,
        },
        200,
      )
    },
  )
  app.openapi(
    createRoute({
      method: 'put',
      path: '/leads/{leadId}/callback',
      operationId: 'setCallback',
      summary: 'Agree a callback with a lead; it replaces the one before',
      description:
        'The campaign calls the lead at this time, before other leads, within its calling hours and limits, and not before. A time that clocks skip is read as if they did not; of a time that comes twice the first counts.',
      tags,
      security,
      middleware: [signedIn, limitJsonBody],
      request: { ...byLead, body: { required: true, ...jsonRequest(wire.CallbackBody, 'When') } },
      responses: {
        200: json(wire.CallbackJson, 'The callback'),
        ...commonProblems,
        404: notFound,
        409: problem('The lead is not to be called'),
      },
    }),
    async (c) => {
      const by = await resolveActor(c.var.actor)
      const request = wire.toCallbackRequest(c.req.valid('json'))
      const set = await callbacks.set(by, c.req.valid('param').leadId, request)
      return c.json(wire.toCallbackJson(set), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/leads/{leadId}/callback',
      operationId: 'removeCallback',
      summary: 'Remove the callback of a lead: its campaign calls it no more',
      tags,
      security,
      middleware: signedIn,
      request: byLead,
      responses: { 204: { description: 'It has none' }, ...commonProblems, 404: notFound },
    }),
    async (c) => {
      await callbacks.remove(await resolveActor(c.var.actor), c.req.valid('param').leadId)
      return c.body(null, 204)
    },
  )
}
