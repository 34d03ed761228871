import { randomBytes } from 'node:crypto'
import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { AccountAdmin } from '../../core/auth/account-admin.ts'
import type { SessionStore } from '../../core/auth/session-store.ts'
import type { User, UserStore } from '../../core/auth/users.ts'
import type { ExtensionAccountAdmin } from '../../core/provisioning/extension-account-admin.ts'
import type { UserWithExtension } from '../../core/provisioning/new-extensions.ts'
import { Refusal } from '../../core/refusal.ts'
import type { Guard, Guarded } from '../guard.ts'
import { IfMatchHeaders, ifMatch, setVersionEtag } from '../if-match.ts'
import { limitJsonBody } from '../json-body.ts'
import { actedBy } from './acted-by.ts'
import { describeTaken } from './describe-taken.ts'
import { adminProblems, json, jsonRequest, orService, problem } from './responses.ts'
import * as wire from './user-wire.ts'
import { PREFIX, UserParams } from './wire.ts'

export interface UserRoutesNeeds {
  guard: Guard
  users: Pick<UserStore, 'search' | 'countMatching' | 'find'>
  activityOf: SessionStore['activityOf']
  accountAdmin: Pick<AccountAdmin, 'add' | 'update' | 'setPassword' | 'remove'>
  extensionAccountAdmin: ExtensionAccountAdmin
}

const tags = ['users']
const notFound = problem('No such user')
const etag = {
  headers: { ETag: { schema: { type: 'string' as const }, description: 'For `If-Match` of a change' } },
}

/** An administrator's users. A service token reads all, and changes those of the role `user`. */
export function addUserRoutes(app: OpenAPIHono<Guarded>, needs: UserRoutesNeeds): void {
  const { users, activityOf, accountAdmin, extensionAccountAdmin } = needs
  const reader = needs.guard({ roles: ['admin'], service: 'users:read' })
  const writer = needs.guard({ roles: ['admin'], service: 'users:write' })
  const writerJson = [writer, limitJsonBody]

  const toUserJson = async (user: User) =>
    wire.toUserJson(user, (await activityOf([user.id])).get(user.id)?.lastLogin)

  app.openapi(
    createRoute({
      method: 'get',
      path: '/users',
      operationId: 'listUsers',
      summary: 'Users by username (admin)',
      tags,
      security: orService('users:read'),
      middleware: reader,
      request: { query: wire.UsersQuery },
      responses: { 200: json(wire.UserListJson, 'A page of them'), ...adminProblems },
    }),
    async (c) => {
      const { limit, cursor, q: text, role, disabled } = c.req.valid('query')
      const filter = { text, role, disabled }
      const after = wire.readUserCursor(cursor)
      const [page, total] = await Promise.all([
        users.search(filter, { limit, ...(after && { after }) }),
        users.countMatching(filter),
      ])
      const activity = await activityOf(page.map(({ id }) => id))
      return c.json(
        {
          users: page.map((user) => wire.toUserJson(user, activity.get(user.id)?.lastLogin)),
          next_cursor: wire.toUserCursor(page, limit),
          total,
        },
        200,
      )
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/users',
      operationId: 'createUser',
      summary: 'Add a user, with a password that is sent or made (admin)',
      description:
        'To let people choose name and password themselves, invite them: `POST /invitations`. With `create_extension` a 503 leaves no user; a PBX that does not answer delays the extension: see `pending_extension`.',
      tags,
      security: orService('users:write'),
      middleware: writerJson,
      request: { body: { required: true, ...jsonRequest(wire.NewUserBody, 'The user') } },
      responses: {
        201: {
          ...json(wire.CreatedUserJson, 'The user, at Location'),
          headers: { Location: { schema: { type: 'string' }, description: 'Path of the user' } },
        },
        ...adminProblems,
        409: problem('The username, the extension or the email belongs to another user'),
        501: problem('`create_extension`, but this installation makes no extensions'),
      },
    }),
    async (c) => {
      const body = c.req.valid('json')
      const { display_name: displayName, password, create_extension: createsExtension, ...more } = body
      const { must_change_password: mustChangePassword, ...rest } = more
      const made = password === undefined ? randomBytes(15).toString('base64url') : null
      const account = { ...rest, displayName, mustChangePassword, password: password ?? made ?? '' }
      const { user, pending } = await (createsExtension
        ? extensionAccountAdmin.add(account, actedBy(c)).then(withPendingExtension)
        : accountAdmin.add(account, actedBy(c)).then((added) => ({ user: added, pending: null }))
      ).catch(describeTaken)
      const json = { ...(await toUserJson(user)), pending_extension: pending, password: made }
      return c.json(json, 201, {
        Location: `${PREFIX}/users/${user.id}`,
        'Cache-Control': 'no-store',
      })
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/users/{userId}',
      operationId: 'findUser',
      summary: 'One user (admin)',
      tags,
      security: orService('users:read'),
      middleware: reader,
      request: { params: UserParams },
      responses: { 200: { ...json(wire.UserJson, 'The user'), ...etag }, 404: notFound, ...adminProblems },
    }),
    async (c) => {
      const user = await users.find(c.req.valid('param').userId)
      if (user === undefined) throw new Refusal('not_found', { detail: 'no such user' })
      setVersionEtag(c, versionOf(user))
      return c.json(await toUserJson(user), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'patch',
      path: '/users/{userId}',
      operationId: 'changeUser',
      summary: 'Change a user; a new role or extension and disabling end the user’s sessions (admin)',
      tags,
      security: orService('users:write'),
      middleware: writerJson,
      request: {
        params: UserParams,
        headers: IfMatchHeaders,
        body: { required: true, ...jsonRequest(wire.UserPatchBody, 'What changes; the rest stays') },
      },
      responses: {
        200: { ...json(wire.UserJson, 'The user as changed'), ...etag },
        ...adminProblems,
        404: notFound,
        409: problem('A name belongs to another user, or no administrator who can log in would be left'),
        412: problem('The user has changed since it was read'),
      },
    }),
    async (c) => {
      const { userId } = c.req.valid('param')
      const change = wire.toUserChange(c.req.valid('json'))
      const user = await ifMatch(c, (version) => {
        const revision = version === undefined ? undefined : version - 1
        return accountAdmin.update(userId, change, actedBy(c), { revision })
      }).catch(describeTaken)
      setVersionEtag(c, versionOf(user))
      return c.json(await toUserJson(user), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'put',
      path: '/users/{userId}/password',
      operationId: 'setPasswordOfUser',
      summary: 'Set a user’s password; ends the user’s sessions and lifts a lock (admin)',
      tags,
      security: orService('users:write'),
      middleware: writerJson,
      request: {
        params: UserParams,
        body: { required: true, ...jsonRequest(wire.PasswordBody, 'The new password') },
      },
      responses: {
        204: { description: 'It is set' },
        404: notFound,
        ...adminProblems,
        409: problem('The password is not verified here: `detail` names where it is changed'),
      },
    }),
    async (c) => {
      const { password, must_change_password: mustChange } = c.req.valid('json')
      await accountAdmin.setPassword(c.req.valid('param').userId, password, actedBy(c), { mustChange })
      return c.body(null, 204)
    },
  )
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/users/{userId}',
      operationId: 'deleteUser',
      summary: 'Delete a user for good; ends the user’s sessions (admin)',
      description:
        'The user’s calls stay in the history. The extension rests before another user may get it.',
      tags,
      security: orService('users:write'),
      middleware: writer,
      request: { params: UserParams },
      responses: {
        204: { description: 'The user is gone' },
        ...adminProblems,
        404: notFound,
        409: problem('Your own account, or the last administrator who can log in'),
      },
    }),
    async (c) => {
      await accountAdmin.remove(c.req.valid('param').userId, actedBy(c))
      return c.body(null, 204)
    },
  )
}

const withPendingExtension = ({ user, extension, isReady }: UserWithExtension) => ({
  user,
  pending: isReady ? null : extension,
})

/** Entity tags count from 1. */
const versionOf = ({ revision }: User) => revision + 1
