import { createRoute, type OpenAPIHono, type z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { SessionEndReason } from '../../core/auth/session-store.ts'
import type { Sessions } from '../../core/auth/sessions.ts'
import { Refusal } from '../../core/refusal.ts'
import { clientAddress } from '../errors.ts'
import type { Guard, Guarded } from '../guard.ts'
import { commonProblems, json, problem, security } from './responses.ts'
import * as wire from './wire.ts'

export interface SessionRoutesNeeds {
  guard: Guard
  sessions: Pick<Sessions, 'list' | 'count' | 'end' | 'endAll'>
}

const endedResponse = { description: 'It is over, everywhere' }
const tags = ['sessions']

/** A user lists and ends their own sessions; an admin those of any user. */
export function addSessionRoutes(app: OpenAPIHono<Guarded>, { guard, sessions }: SessionRoutesNeeds): void {
  const signedIn = guard()
  const admin = guard({ roles: ['admin'] })

  /** @param currentId of the session that asks */
  async function sessionList(
    userId: string,
    { limit, cursor }: z.output<typeof wire.PageQuery>,
    currentId: string,
  ) {
    const [page, total] = await Promise.all([
      sessions.list(userId, { limit, ...afterCursor(cursor) }),
      sessions.count(userId),
    ])
    return wire.toSessionListJson(page, total, limit, currentId)
  }

  app.openapi(
    createRoute({
      method: 'get',
      path: '/sessions',
      operationId: 'listSessions',
      summary: 'My live sessions, the newest first',
      tags,
      security,
      middleware: signedIn,
      request: { query: wire.PageQuery },
      responses: { 200: json(wire.SessionListJson, 'A page of them'), ...commonProblems },
    }),
    async (c) => {
      const { userId, sessionId } = c.var.actor
      return c.json(await sessionList(userId, c.req.valid('query'), sessionId), 200)
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
      request: { query: wire.EndSessionsQuery },
      responses: { 200: json(wire.EndedJson, 'How many ended'), ...commonProblems },
    }),
    async (c) => {
      const { scope } = c.req.valid('query')
      const { userId, sessionId } = c.var.actor
      const ended = await sessions.endAll(
        userId,
        endedBy(c, 'ended_by_user'),
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
      request: { params: wire.SessionParams },
      responses: { 204: endedResponse, 404: problem('Not a live session of mine'), ...commonProblems },
    }),
    async (c) => {
      await sessions.end(c.var.actor.userId, c.req.valid('param').sessionId, endedBy(c, 'ended_by_user'))
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
      request: { params: wire.UserParams, query: wire.PageQuery },
      responses: { 200: json(wire.SessionListJson, 'A page of them'), ...commonProblems },
    }),
    async (c) =>
      c.json(
        await sessionList(c.req.valid('param').userId, c.req.valid('query'), c.var.actor.sessionId),
        200,
      ),
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
      request: { params: wire.UserParams },
      responses: { 200: json(wire.EndedJson, 'How many ended'), ...commonProblems },
    }),
    async (c) =>
      c.json(
        { ended: await sessions.endAll(c.req.valid('param').userId, endedBy(c, 'ended_by_admin')) },
        200,
      ),
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
      request: { params: wire.UserSessionParams },
      responses: { 204: endedResponse, 404: problem('Not a live session of that user'), ...commonProblems },
    }),
    async (c) => {
      const { userId, sessionId } = c.req.valid('param')
      await sessions.end(userId, sessionId, endedBy(c, 'ended_by_admin'))
      return c.body(null, 204)
    },
  )
}

const endedBy = (c: Context<Guarded>, reason: SessionEndReason) => ({
  reason,
  actorId: c.var.actor.userId,
  address: clientAddress(c),
})

function afterCursor(cursor: string | undefined) {
  if (cursor === undefined) return {}
  const decoded = wire.decodeSessionCursor(cursor)
  if (decoded === undefined) throw new Refusal('input_invalid', { detail: 'cursor is not one we gave' })
  return { after: decoded }
}
