import type { Hono } from 'hono'
import { toUnixSeconds } from '../../../runtime/time.ts'
import type { AccountAdmin } from '../../core/auth/account-admin.ts'
import type { UserStore } from '../../core/auth/users.ts'
import type { CallControl } from '../../core/calls/call-control.ts'
import type { HistoryStore } from '../../core/calls/call-history.ts'
import type { Directory } from '../../core/directory/directory.ts'
import { Refusal } from '../../core/refusal.ts'
import { startOfDay } from '../../core/values/start-of-day.ts'
import { clientAddress, readQuery } from '../errors.ts'
import type { Guard, Guarded } from '../guard.ts'
import { typedAs } from '../openapi.ts'
import { bearerRequired } from './bearer-required.ts'
import { adminErrors } from './errors.ts'
import * as answers from './responses.ts'
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
  /** IANA name: where today is today. */
  timeZone: string
  /** Unix milliseconds. */
  now: () => number
}

/** "Admin": for the role of that name alone. */
export function addAdminRoutes(app: Hono<Guarded>, needs: AdminRoutesNeeds): void {
  const { guard, userViews, users, changes, calls, history, directory, presence } = needs
  const { countSockets, timeZone, now } = needs
  const adminOnly = guard({ roles: ['admin'], errorOverrides: adminErrors })

  app.get('/protected/admin/users', bearerRequired, adminOnly, async (c) => {
    const { limit, after } = readQuery(c, wire.UsersQuery)
    const page = await users.list({ limit, ...(after === undefined ? {} : { afterId: after }) })
    return c.json(
      typedAs(answers.UserPageJson, {
        success: true,
        users: await userViews.toUsersJson(page, c.var.actor),
        count: page.length,
        // The document knows no pages; whoever has more than fit in one asks again with `?after=`.
        next_after: page.length === limit ? (page.at(-1)?.id ?? null) : null,
      }),
    )
  })
  app.delete('/protected/admin/users/:id', bearerRequired, adminOnly, async (c) => {
    const id = c.req.param('id')
    const { userId: actorId } = c.var.actor
    if (id === actorId) throw new Refusal('input_invalid', { detail: 'Cannot delete yourself' })
    await changes.remove(id, { actorId, address: clientAddress(c) })
    return c.json(typedAs(answers.MessageJson, { success: true, message: 'User deleted successfully' }))
  })
  app.get('/protected/admin/stats', bearerRequired, adminOnly, async (c) => {
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
      typedAs(answers.AdminStatsJson, {
        success: true,
        ...counts,
        total_calls: totalCalls,
        pbx_online: calls.capabilities(c.var.actor).online,
        stats: { ...counts, calls_today: callsToday, ws_connections: countSockets() },
      }),
    )
  })
}
