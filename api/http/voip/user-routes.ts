import type { Hono, MiddlewareHandler } from 'hono'
import type { Sessions } from '../../core/auth/sessions.ts'
import type { UserStore } from '../../core/auth/users.ts'
import type { Directory } from '../../core/directory/directory.ts'
import type { UserStatuses } from '../../core/presence/user-status.ts'
import { clientAddress, readJson } from '../errors.ts'
import type { Guarded } from '../guard.ts'
import { typedAs } from '../openapi.ts'
import { bearerRequired } from './bearer-required.ts'
import { toClientStatus } from './compat-wire.ts'
import * as answers from './responses.ts'
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

/** "User Management". */
export function addUserRoutes(app: Hono<Guarded>, needs: UserRoutesNeeds): void {
  const { signedIn, userViews, users, sessions, statuses, directory, presence } = needs

  app.get('/protected/profile', bearerRequired, signedIn, async (c) => {
    const user = await userViews.requireActorUser(c.var.actor)
    return c.json(
      typedAs(answers.SingleUserJson, { success: true, user: await userViews.toOwnUserJson(user) }),
    )
  })
  app.post('/protected/logout', bearerRequired, signedIn, async (c) => {
    await sessions.logout(c.var.actor, clientAddress(c))
    return c.json(typedAs(answers.MessageJson, { success: true, message: 'Logged out successfully' }))
  })
  app.put('/protected/status', bearerRequired, signedIn, async (c) => {
    const { status } = await readJson(c, wire.StatusBody)
    await statuses.set(c.var.actor, status)
    return c.json(
      typedAs(answers.StatusJson, {
        success: true,
        message: 'Status updated',
        status: toClientStatus(status, true),
        own_status: status,
      }),
    )
  })
  // Before `:extension`, which would take it.
  app.get('/protected/users/online', bearerRequired, signedIn, async (c) => {
    const others = directory.all().filter(({ userId }) => userId !== c.var.actor.userId)
    const ids = others.flatMap(({ userId }) => (presence.isOnline(userId) ? [userId] : []))
    const online = await users.findAll(ids)
    return c.json(
      typedAs(answers.UserListJson, {
        success: true,
        users: await userViews.toUsersJson(online, c.var.actor),
        count: online.length,
      }),
    )
  })
  app.get('/protected/users/:extension', bearerRequired, signedIn, async (c) => {
    const user = await userViews.requireByExtension(c.req.param('extension'))
    return c.json(
      typedAs(answers.SingleUserJson, { success: true, user: await userViews.toUserJson(user, c.var.actor) }),
    )
  })
}
