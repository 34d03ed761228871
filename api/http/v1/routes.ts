import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Logger } from '../../../runtime/log.ts'
import { plainWords } from '../../../runtime/validation-message.ts'
import type { EndReason } from '../../core/auth/session-store.ts'
import type { Sessions } from '../../core/auth/sessions.ts'
import { Refusal } from '../../core/refusal.ts'
import { addressOf, refuse } from '../errors.ts'
import type { Guard, Guarded } from '../guard.ts'
import { addCalls, type CallRoutesNeeds } from './call-routes.ts'
import { speech } from './errors.ts'
import { addHistory, type HistoryRoutesNeeds } from './history-routes.ts'
import { json, problem, problems, security } from './openapi.ts'
import * as wire from './wire.ts'

export interface V1Needs {
  guard: Guard
  sessions: Pick<Sessions, 'list' | 'end' | 'endAll'>
  history: HistoryRoutesNeeds
  calls: CallRoutesNeeds
  log: Logger
}

const gone = { description: 'It is over, everywhere' }
const tags = ['sessions']

/** Our own surface: what no document of the others has. Errors are problem+json (RFC 9457). */
export function createV1({ guard, sessions, history, calls, log }: V1Needs): OpenAPIHono<Guarded> {
  const app = new OpenAPIHono<Guarded>({
    defaultHook: (result) => {
      if (!result.success) throw new Refusal('input_invalid', { detail: plainWords(result.error) })
    },
  })
  app.onError((err, c) => refuse(c, err, speech, log))
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
  })
  const signedIn = guard()
  const admin = guard({ roles: ['admin'] })

  app.openapi(
    createRoute({
      method: 'get',
      path: '/sessions',
      operationId: 'listSessions',
      summary: 'My live sessions, the newest first',
      tags,
      security,
      middleware: signedIn,
      request: { query: wire.Page },
      responses: { 200: json(wire.SessionList, 'A page of them'), ...problems },
    }),
    async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const page = await sessions.list(c.var.actor.userId, { limit, ...after(cursor) })
      return c.json(wire.sessionList(page, limit, c.var.actor.sessionId), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/sessions',
      operationId: 'endSessions',
      summary: 'End all my other sessions, or all of them',
      tags,
      security,
      middleware: signedIn,
      request: { query: wire.Scope },
      responses: { 200: json(wire.Ended, 'How many ended'), ...problems },
    }),
    async (c) => {
      const { scope } = c.req.valid('query')
      const { userId, sessionId } = c.var.actor
      const ended = await sessions.endAll(
        userId,
        by(c, 'ended_by_user'),
        scope === 'others' ? sessionId : undefined,
      )
      return c.json({ ended }, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/sessions/{sessionId}',
      operationId: 'endSession',
      summary: 'End one of my sessions',
      tags,
      security,
      middleware: signedIn,
      request: { params: wire.OwnSession },
      responses: { 204: gone, 404: problem('Not a live session of mine'), ...problems },
    }),
    async (c) => {
      await sessions.end(c.var.actor.userId, c.req.valid('param').sessionId, by(c, 'ended_by_user'))
      return c.body(null, 204)
    },
  )

  app.openapi(
    createRoute({
      method: 'get',
      path: '/users/{userId}/sessions',
      operationId: 'listSessionsOfUser',
      summary: 'A user’s live sessions (admin)',
      tags,
      security,
      middleware: admin,
      request: { params: wire.OfUser, query: wire.Page },
      responses: { 200: json(wire.SessionList, 'A page of them'), ...problems },
    }),
    async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const page = await sessions.list(c.req.valid('param').userId, { limit, ...after(cursor) })
      return c.json(wire.sessionList(page, limit, c.var.actor.sessionId), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/users/{userId}/sessions',
      operationId: 'endSessionsOfUser',
      summary: 'Log a user out everywhere (admin)',
      tags,
      security,
      middleware: admin,
      request: { params: wire.OfUser },
      responses: { 200: json(wire.Ended, 'How many ended'), ...problems },
    }),
    async (c) =>
      c.json({ ended: await sessions.endAll(c.req.valid('param').userId, by(c, 'ended_by_admin')) }, 200),
  )
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/users/{userId}/sessions/{sessionId}',
      operationId: 'endSessionOfUser',
      summary: 'End one session of a user (admin)',
      tags,
      security,
      middleware: admin,
      request: { params: wire.UsersSession },
      responses: { 204: gone, 404: problem('Not a live session of that user'), ...problems },
    }),
    async (c) => {
      const { userId, sessionId } = c.req.valid('param')
      await sessions.end(userId, sessionId, by(c, 'ended_by_admin'))
      return c.body(null, 204)
    },
  )

  addHistory(app, history)
  addCalls(app, calls)

  app.doc31('/openapi.json', {
    openapi: '3.1.0',
    info: {
      title: 'Hookswitch',
      version: '1',
      description: 'Sessions a person can see and end, calls and their history.',
    },
    servers: [{ url: wire.PREFIX }],
  })
  return app
}

const by = (c: Context<Guarded>, reason: EndReason) => ({
  reason,
  actorId: c.var.actor.userId,
  address: addressOf(c),
})

function after(cursor: string | undefined) {
  if (cursor === undefined) return {}
  const read = wire.readCursor(cursor)
  if (read === undefined) throw new Refusal('input_invalid', { detail: 'cursor is not one we gave' })
  return { after: read }
}
