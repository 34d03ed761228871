import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { OwnPassword } from '../../core/auth/own-password.ts'
import type { Profiles } from '../../core/auth/profiles.ts'
import type { Agent } from '../../core/call-center/agents/agent.ts'
import type { PasswordResets } from '../../core/registration/password-reset.ts'
import { clientAddress, errorText } from '../errors.ts'
import type { Guard, Guarded } from '../guard.ts'
import { limitJsonBody } from '../json-body.ts'
import { noAuth } from '../openapi.ts'
import { describeTaken } from './describe-taken.ts'
import * as wire from './me-wire.ts'
import { commonProblems, json, jsonRequest, problem, security } from './responses.ts'

export interface MeRoutesNeeds {
  guard: Guard
  profiles: Profiles
  ownPassword: OwnPassword
  passwordResets: PasswordResets
  /** The user's agent in the call center, if they have one. */
  findAgent(userId: string): Promise<Pick<Agent, 'id' | 'team'> | undefined>
}

const tags = ['me']
const tooMany = problem('Too many attempts: see Retry-After')
const passwordElsewhere = problem('The password is not verified here: `detail` names where it is changed')
const passwordSet = { description: 'The new password is set' }

/** A user's own account, and the way back in for users who forgot their password. */
export function addMeRoutes(app: OpenAPIHono<Guarded>, needs: MeRoutesNeeds): void {
  const { guard, profiles, ownPassword, passwordResets, findAgent } = needs
  const signedIn = guard()
  // A 401 would mean that the token is not valid, and clients sign out.
  const withPassword = guard({ errorOverrides: { credentials_wrong: errorText(403, 'Forbidden') } })

  app.openapi(
    createRoute({
      method: 'get',
      path: '/me',
      operationId: 'me',
      summary: 'My account',
      tags,
      security,
      middleware: signedIn,
      responses: { 200: json(wire.MeJson, 'My account'), ...commonProblems },
    }),
    async (c) => {
      const user = await profiles.find(c.var.actor)
      return c.json(wire.toMeJson(user, await findAgent(user.id)), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'patch',
      path: '/me',
      operationId: 'changeMe',
      summary: 'Change my language or my display name; members that are left out stay',
      description:
        'Lists and streams show a new name a few seconds later; tokens have a new language from the next one on.',
      tags,
      security,
      middleware: [signedIn, limitJsonBody],
      request: { body: { required: true, ...jsonRequest(wire.ProfileBody, 'What changes') } },
      responses: {
        200: json(wire.MeJson, 'My account'),
        ...commonProblems,
        409: problem('Another user has this name, as username, extension or display name'),
      },
    }),
    async (c) => {
      const change = wire.toProfileChange(c.req.valid('json'))
      const user = await profiles.update(c.var.actor, change).catch(describeTaken)
      return c.json(wire.toMeJson(user, await findAgent(user.id)), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'put',
      path: '/me/password',
      operationId: 'changePassword',
      summary: 'Change my password; all my other sessions end',
      tags,
      security,
      middleware: [withPassword, limitJsonBody],
      request: { body: { required: true, ...jsonRequest(wire.OwnPasswordBody, 'Both passwords') } },
      responses: {
        204: passwordSet,
        ...commonProblems,
        403: problem('`current_password` is wrong (`credentials_wrong`), or not an access token'),
        409: passwordElsewhere,
        429: tooMany,
      },
    }),
    async (c) => {
      const { current_password: current, new_password: next } = c.req.valid('json')
      await ownPassword.change(c.var.actor, { current, next, address: clientAddress(c) })
      return c.body(null, 204)
    },
  )

  const { 400: badRequest, 503: unavailable } = commonProblems
  app.openapi(
    createRoute({
      method: 'post',
      path: '/password-resets',
      operationId: 'requestPasswordReset',
      summary: 'Mail a link that resets a password',
      description:
        'The answer is the same whether or not an account has the address. The link is `<public URL>/console/reset#token=…`; it works once, within an hour, and the last one alone.',
      tags,
      security: noAuth,
      middleware: limitJsonBody,
      request: {
        body: { required: true, ...jsonRequest(wire.PasswordResetBody, 'The address of the account') },
      },
      responses: {
        202: { description: 'If an account has this address, a mail is on its way' },
        400: badRequest,
        429: tooMany,
        501: problem('This installation sends no mail'),
        503: unavailable,
      },
    }),
    async (c) => {
      await passwordResets.request(c.req.valid('json').email, clientAddress(c))
      return c.body(null, 202)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/password-resets/confirm',
      operationId: 'confirmPasswordReset',
      summary: 'Set a new password by a mailed link; all sessions of the account end',
      tags,
      security: noAuth,
      middleware: limitJsonBody,
      request: {
        body: { required: true, ...jsonRequest(wire.PasswordResetConfirmBody, 'Token and new password') },
      },
      responses: {
        204: passwordSet,
        400: badRequest,
        404: problem('The link is unknown, used or expired'),
        409: passwordElsewhere,
        429: tooMany,
        503: unavailable,
      },
    }),
    async (c) => {
      const { token, new_password: password } = c.req.valid('json')
      await passwordResets.confirm(token, password, clientAddress(c))
      return c.body(null, 204)
    },
  )
}
