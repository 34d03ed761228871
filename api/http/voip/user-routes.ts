import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import type { Sessions } from '../../core/auth/sessions.ts'
import type { UserStore } from '../../core/auth/users.ts'
import type { Directory } from '../../core/directory/directory.ts'
import type { UserStatuses } from '../../core/presence/user-status.ts'
import { addRoute } from '../add-route.ts'
import { clientAddress, readJson } from '../errors.ts'
import type { Guarded } from '../guard.ts'
import { bearer, GUARD_ERRORS, json, jsonBody } from '../openapi.ts'
import { bearerRequired } from './bearer-required.ts'
import { toClientStatus } from './compat-wire.ts'
import { errorResponses } from './errors.ts'
import * as responses from './responses.ts'
import type { PresenceReader, UserViews } from './user-view.ts'
import * as wire from './wire.ts'

export interface UserRoutesNeeds {
  signedIn: MiddlewareHandler<Guarded>
  userViews: UserViews
  users: Pick<UserStore, 'findAll'>
  sessions: Pick<Sessions, 'logout'>
  statuses: Pick<UserStatuses, 'set'>
  directory: Pick<Directory, 'all'>
  presence: PresenceReader
}

const tags = ['voip users']

/** "User Management". */
export function addUserRoutes(app: OpenAPIHono<Guarded>, needs: UserRoutesNeeds): void {
  const { signedIn, userViews, users, sessions, statuses, directory, presence } = needs

  addRoute(
    app,
    createRoute({
      method: 'get',
      path: '/protected/profile',
      operationId: 'voipProfile',
      summary: 'Who I am',
      tags,
      security: bearer,
      responses: {
        200: json(responses.SingleUserJson, 'The user of the token'),
        ...errorResponses(GUARD_ERRORS),
      },
    }),
    bearerRequired,
    signedIn,
    async (c) => {
      const user = await userViews.requireActorUser(c.var.actor)
      return c.json({ success: true, user: await userViews.toOwnUserJson(user) }, 200)
    },
  )
  addRoute(
    app,
    createRoute({
      method: 'post',
      path: '/protected/logout',
      operationId: 'voipLogout',
      summary: 'End the session',
      tags,
      security: bearer,
      responses: { 200: json(responses.MessageJson, 'It is over'), ...errorResponses(GUARD_ERRORS) },
    }),
    bearerRequired,
    signedIn,
    async (c) => {
      await sessions.logout(c.var.actor, clientAddress(c))
      return c.json({ success: true, message: 'Logged out successfully' }, 200)
    },
  )
  addRoute(
    app,
    createRoute({
      method: 'put',
      path: '/protected/status',
      operationId: 'voipSetStatus',
      summary: 'Set my status',
      tags,
      security: bearer,
      request: jsonBody(wire.StatusBody.openapi({ example: { status: 'away' } })),
      responses: {
        200: json(responses.StatusJson, 'Stored and published'),
        ...errorResponses([...GUARD_ERRORS, 'input_invalid', 'throttled']),
      },
    }),
    bearerRequired,
    signedIn,
    async (c) => {
      const { status } = await readJson(c, wire.StatusBody)
      await statuses.set(c.var.actor, status)
      return c.json(
        {
          success: true,
          message: 'Status updated',
          status: toClientStatus(status, true),
          own_status: status,
        },
        200,
      )
    },
  )
  // Must be before `{extension}`, which would match it.
  addRoute(
    app,
    createRoute({
      method: 'get',
      path: '/protected/users/online',
      operationId: 'voipOnlineUsers',
      summary: 'Who else is there',
      tags,
      security: bearer,
      responses: { 200: json(responses.UserListJson, 'All of them'), ...errorResponses(GUARD_ERRORS) },
    }),
    bearerRequired,
    signedIn,
    async (c) => {
      const others = directory.all().filter(({ userId }) => userId !== c.var.actor.userId)
      const ids = others.flatMap(({ userId }) => (presence.isOnline(userId) ? [userId] : []))
      const online = await users.findAll(ids)
      return c.json(
        {
          success: true,
          users: await userViews.toUsersJson(online, c.var.actor),
          count: online.length,
        },
        200,
      )
    },
  )
  addRoute(
    app,
    createRoute({
      method: 'get',
      path: '/protected/users/{extension}',
      operationId: 'voipUser',
      summary: 'The user of an extension',
      tags,
      security: bearer,
      request: { params: z.object({ extension: wire.Extension.openapi({ example: '1002' }) }) },
      responses: {
        200: json(responses.SingleUserJson, 'The user'),
        ...errorResponses([...GUARD_ERRORS, 'not_found']),
      },
    }),
    bearerRequired,
    signedIn,
    async (c) => {
      const user = await userViews.requireByExtension(c.req.param('extension'))
      return c.json({ success: true, user: await userViews.toUserJson(user, c.var.actor) }, 200)
    },
  )
}
