import type { Hono, MiddlewareHandler } from 'hono'
import type { Sessions } from '../../core/auth/sessions.ts'
import type { UserStore } from '../../core/auth/users.ts'
import type { Directory } from '../../core/directory/directory.ts'
import type { Statuses } from '../../core/presence/user-status.ts'
import { addressOf, readJson } from '../errors.ts'
import type { Guarded } from '../guard.ts'
import { as } from '../openapi.ts'
import { bearerRequired } from './bearer-required.ts'
import { clientStatus } from './compat-wire.ts'
import * as answers from './responses.ts'
import type { People, PresenceReader } from './user-view.ts'
import * as wire from './wire.ts'

export interface UserRoutesNeeds {
  signedIn: MiddlewareHandler<Guarded>
  people: People
  users: Pick<UserStore, 'findAll'>
  sessions: Pick<Sessions, 'logout'>
  statuses: Pick<Statuses, 'set'>
  directory: Pick<Directory, 'all'>
  presence: PresenceReader
}

/** "User Management". */
export function addUserRoutes(app: Hono<Guarded>, needs: UserRoutesNeeds): void {
  const { signedIn, people, users, sessions, statuses, directory, presence } = needs

  app.get('/protected/profile', bearerRequired, signedIn, async (c) => {
    const user = await people.self(c.var.actor)
    return c.json(as(answers.OneUser, { success: true, user: await people.showSelf(user) }))
  })
  app.post('/protected/logout', bearerRequired, signedIn, async (c) => {
    await sessions.logout(c.var.actor, addressOf(c))
    return c.json(as(answers.Message, { success: true, message: 'Logged out successfully' }))
  })
  app.put('/protected/status', bearerRequired, signedIn, async (c) => {
    const { status } = await readJson(c, wire.StatusBody)
    await statuses.set(c.var.actor, status)
    return c.json(
      as(answers.StatusSet, {
        success: true,
        message: 'Status updated',
        status: clientStatus(status, true),
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
      as(answers.SomeUsers, {
        success: true,
        users: await people.show(online, c.var.actor),
        count: online.length,
      }),
    )
  })
  app.get('/protected/users/:extension', bearerRequired, signedIn, async (c) => {
    const user = await people.withExtension(c.req.param('extension'))
    return c.json(as(answers.OneUser, { success: true, user: await people.showOne(user, c.var.actor) }))
  })
}
