import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { toUnixSeconds } from '../../../runtime/time.ts'
import type { AccountAdmin } from '../../core/auth/account-admin.ts'
import type { UserStore } from '../../core/auth/users.ts'
import type { CallControl } from '../../core/calls/call-control.ts'
import type { HistoryStore } from '../../core/calls/call-history.ts'
import type { Directory } from '../../core/directory/directory.ts'
import { Refusal } from '../../core/refusal.ts'
import { startOfDay } from '../../core/values/start-of-day.ts'
import { addRoute } from '../add-route.ts'
import { clientAddress, readQuery } from '../errors.ts'
import type { Guard, Guarded } from '../guard.ts'
import { bearer, GUARD_ERRORS, json } from '../openapi.ts'
import { bearerRequired } from './bearer-required.ts'
import { adminErrors, errorResponses } from './errors.ts'
import * as responses from './responses.ts'
import type { PresenceReader, UserViews } from './user-view.ts'
import * as wire from './wire.ts'

export interface AdminRoutesNeeds {
  guard: Guard
  userViews: Pick<UserViews, 'toUsersJson'>
  users: Pick<UserStore, 'list' | 'count'>
  changes: Pick<AccountAdmin, 'remove'>
  calls: Pick<CallControl, 'list' | 'capabilities'>
  history: Pick<HistoryStore, 'count'>
  directory: Pick<Directory, 'all'>
  presence: PresenceReader
  /** How many sockets this API holds. */
  countSockets(): number
  /** IANA name of the time zone in which a day begins. */
  timeZone: string
  /** Unix milliseconds. */
  now: () => number
}

const tags = ['voip admin']
const ADMIN_ERRORS = [...GUARD_ERRORS, 'forbidden'] as const

/** "Admin": for the role `admin` only. */
export function addAdminRoutes(app: OpenAPIHono<Guarded>, needs: AdminRoutesNeeds): void {
  const { guard, userViews, users, changes, calls, history, directory, presence } = needs
  const { countSockets, timeZone, now } = needs
  const adminOnly = guard({ roles: ['admin'], errorOverrides: adminErrors })

  addRoute(
    app,
    createRoute({
      method: 'get',
      path: '/protected/admin/users',
      operationId: 'voipAllUsers',
      summary: 'All users (admin)',
      tags,
      security: bearer,
      request: { query: wire.UsersQuery },
      responses: {
        200: json(responses.UserPageJson, 'A page of them'),
        ...errorResponses([...ADMIN_ERRORS, 'input_invalid'], adminErrors),
      },
    }),
    bearerRequired,
    adminOnly,
    async (c) => {
      const { limit, after } = readQuery(c, wire.UsersQuery)
      const page = await users.list({ limit, ...(after === undefined ? {} : { afterId: after }) })
      return c.json(
        {
          success: true,
          users: await userViews.toUsersJson(page, c.var.actor),
          count: page.length,
          // The document has no pages; a client that needs more than one asks again with `?after=`.
          next_after: page.length === limit ? (page.at(-1)?.id ?? null) : null,
        },
        200,
      )
    },
  )
  addRoute(
    app,
    createRoute({
      method: 'delete',
      path: '/protected/admin/users/{id}',
      operationId: 'voipDeleteUser',
      summary: 'Remove a user, with all sessions (admin)',
      tags,
      security: bearer,
      request: { params: z.object({ id: z.string().openapi({ example: '4' }) }) },
      responses: {
        200: json(responses.MessageJson, 'They are gone'),
        ...errorResponses([...ADMIN_ERRORS, 'input_invalid', 'not_found'], adminErrors),
      },
    }),
    bearerRequired,
    adminOnly,
    async (c) => {
      const id = c.req.param('id')
      const { userId: actorId } = c.var.actor
      if (id === actorId) throw new Refusal('input_invalid', { detail: 'Cannot delete yourself' })
      await changes.remove(id, { actorId, address: clientAddress(c) })
      return c.json({ success: true, message: 'User deleted successfully' }, 200)
    },
  )
  addRoute(
    app,
    createRoute({
      method: 'get',
      path: '/protected/admin/stats',
      operationId: 'voipStats',
      summary: 'How many there are of what (admin)',
      tags,
      security: bearer,
      responses: {
        200: json(responses.AdminStatsJson, 'The counts'),
        ...errorResponses(ADMIN_ERRORS, adminErrors),
      },
    }),
    bearerRequired,
    adminOnly,
    async (c) => {
      const today = startOfDay(toUnixSeconds(now()), timeZone)
      const [totalUsers, totalCalls, callsToday, live] = await Promise.all([
        users.count(),
        history.count({}),
        history.count({ from: today }),
        calls.list(c.var.actor),
      ])
      const counts = {
        total_users: totalUsers,
        online_users: directory.all().filter(({ userId }) => presence.isOnline(userId)).length,
        active_calls: live.length,
      }
      return c.json(
        {
          success: true,
          ...counts,
          total_calls: totalCalls,
          pbx_online: calls.capabilities(c.var.actor).online,
          stats: { ...counts, calls_today: callsToday, ws_connections: countSockets() },
        },
        200,
      )
    },
  )
}
