import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { DoNotCallAdmin } from '../../core/call-center/leads/do-not-call-admin.ts'
import { Refusal } from '../../core/refusal.ts'
import type { Guard, Guarded } from '../guard.ts'
import { limitJsonBody } from '../json-body.ts'
import { actedBy } from './acted-by.ts'
import * as wire from './do-not-call-wire.ts'
import { adminProblems, json, jsonRequest, problem, security } from './responses.ts'

export interface DoNotCallRoutesNeeds {
  guard: Guard
  doNotCall: DoNotCallAdmin
}

const tags = ['do-not-call']

/** Numbers that are not called from here. Files of numbers are imported on the command line. */
export function addDoNotCallRoutes(
  app: OpenAPIHono<Guarded>,
  { guard, doNotCall }: DoNotCallRoutesNeeds,
): void {
  const admin = guard({ roles: ['admin'] })

  app.openapi(
    createRoute({
      method: 'get',
      path: '/do-not-call',
      operationId: 'listDoNotCall',
      summary: 'Numbers that are not called from here, by number (admin)',
      tags,
      security,
      middleware: admin,
      request: { query: wire.DoNotCallQuery },
      responses: { 200: json(wire.DoNotCallListJson, 'A page of them'), ...adminProblems },
    }),
    async (c) => {
      const { limit, cursor, q } = c.req.valid('query')
      const after = wire.readDoNotCallCursor(cursor)
      const { numbers, total } = await doNotCall.list(q, { limit, ...(after && { after }) })
      return c.json(
        {
          numbers: numbers.map(wire.toDoNotCallJson),
          next_cursor: wire.toDoNotCallCursor(numbers, limit),
          total,
        },
        200,
      )
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/do-not-call',
      operationId: 'addDoNotCall',
      summary: 'Add a number; emergency numbers are refused (admin)',
      tags,
      security,
      middleware: [admin, limitJsonBody],
      request: { body: { required: true, ...jsonRequest(wire.NewDoNotCallBody, 'The number, and why') } },
      responses: {
        200: json(wire.DoNotCallJson, 'It was listed before, with this note'),
        201: json(wire.DoNotCallJson, 'It is listed now'),
        ...adminProblems,
      },
    }),
    async (c) => {
      const { number, note } = c.req.valid('json')
      const added = await doNotCall.add([number], note, actedBy(c))
      const entry = await doNotCall.find(number)
      if (entry === undefined) {
        throw new Refusal('conflict', { detail: 'another administrator has just removed this number' })
      }
      return c.json(wire.toDoNotCallJson(entry), added > 0 ? 201 : 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/do-not-call/{number}',
      operationId: 'removeDoNotCall',
      summary: 'Remove a number, in any spelling: it may be called again (admin)',
      tags,
      security,
      middleware: admin,
      request: { params: wire.NumberParams },
      responses: {
        204: { description: 'It may be called again' },
        404: problem('Not on the list'),
        ...adminProblems,
      },
    }),
    async (c) => {
      await doNotCall.remove(c.req.valid('param').number, actedBy(c))
      return c.body(null, 204)
    },
  )
}
