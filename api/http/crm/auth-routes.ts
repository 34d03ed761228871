import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Login, LoginCredentials } from '../../core/auth/login.ts'
import type { UserStore } from '../../core/auth/users.ts'
import { Refusal } from '../../core/refusal.ts'
import type { EmailInvitations } from '../../core/registration/email-invitations.ts'
import type { EmailRegistration } from '../../core/registration/email-registration.ts'
import { addRoute } from '../add-route.ts'
import { clientAddress, readJson, SIGN_IN_STEPS, sessionClient } from '../errors.ts'
import { json, jsonBody, noAuth } from '../openapi.ts'
import * as wire from './auth-wire.ts'
import type { Authorize, CrmEnv } from './authorize.ts'
import { guardedErrors, publicErrors } from './errors.ts'
import { guardedRoutes } from './guarded-routes.ts'
import { extraClaims } from './wire.ts'

const exampleToken = 'ver_0f8Zc1kGm3bYJ8d2pQ7xW5tR4nE6uLsa'
const examplePerson = {
  username: 'anna.berg',
  password: 'correct horse',
  firstName: 'Anna',
  lastName: 'Berg',
}

const TAG = 'Call centre: accounts'

export interface AuthRoutesNeeds {
  authorize: Authorize
  login: Login
  users: Pick<UserStore, 'findByLogin'>
  emailRegistration: EmailRegistration
  emailInvitations: EmailInvitations
  /** Seconds. This surface has no refresh tokens. */
  accessTtl: number
}

/** "Authentication", registration and invitations. */
export function addAuthRoutes(app: OpenAPIHono<CrmEnv>, needs: AuthRoutesNeeds): void {
  const addGuarded = guardedRoutes(app, needs.authorize, TAG)
  const { emailRegistration, emailInvitations } = needs

  addRoute(
    app,
    createRoute({
      method: 'post',
      path: '/api/auth/login',
      operationId: 'crmLogin',
      summary: 'Log in',
      description: 'A missing or empty member is answered as wrong credentials.',
      request: jsonBody(wire.LoginBody.openapi({ example: { username: 'user1', password: 'password' } })),
      responses: {
        200: json(wire.LoginJson, 'A token, and its user'),
        ...publicErrors('input_invalid', 'credentials_wrong', ...SIGN_IN_STEPS, 'throttled', 'unavailable'),
      },
      tags: [TAG],
      security: noAuth,
    }),
    async (c) => c.json(await logIn(c, await readJson(c, wire.LoginBody), needs), 200),
  )

  addRoute(
    app,
    createRoute({
      method: 'post',
      path: '/api/auth/register',
      operationId: 'crmRegister',
      summary: 'Register an account, if registration is open',
      description:
        'The user cannot log in before `verify-email`. The answer is the same for a username or an address that is taken; a user who has an account gets a mail about it. If the address is registered again with another username or password before it is verified, the first username is kept, the stored password is deleted, and `verify-email` needs a `password`. The same registration again only sends the mail again.',
      request: jsonBody(
        wire.RegisterBody.openapi({ example: { ...examplePerson, email: 'anna@example.org' } }),
      ),
      responses: {
        202: json(wire.MessageJson, 'A mail is on its way'),
        ...publicErrors('input_invalid', 'forbidden', 'throttled', 'not_supported', 'unavailable'),
      },
      tags: [TAG],
      security: noAuth,
    }),
    async (c) => {
      const { username, email, password, ...person } = await readJson(c, wire.RegisterBody)
      const name = wire.agentName({ username, ...person })
      await emailRegistration.register({ username, email, password, name, address: clientAddress(c) })
      return c.json(MAIL_SENT, 202)
    },
  )
  addRoute(
    app,
    createRoute({
      method: 'post',
      path: '/api/auth/verify-email',
      operationId: 'crmVerifyEmail',
      summary: 'Verify an address by the token that was mailed to it: creates the account, and logs in',
      description:
        'A username that another user has taken since is 409: send another one with the same token. If the address was registered more than once, with different usernames or passwords, a request without `password` is 400 (`password: is needed, as this address was registered more than once`), and the token stays valid.',
      request: jsonBody(wire.VerifyBody.openapi({ example: { token: exampleToken } })),
      responses: {
        200: json(wire.VerifiedJson, 'The account is created; a token, and its user'),
        ...publicErrors('input_invalid', 'forbidden', 'taken', 'unavailable'),
      },
      tags: [TAG],
      security: noAuth,
    }),
    async (c) => {
      const { token, ...chosen } = await readJson(c, wire.VerifyBody)
      const user = await emailRegistration.verify(token, chosen, clientAddress(c))
      const opened = await needs.login.loginVerified(user, openSessionRequest(c, needs))
      return c.json({ message: 'Email verified', ...wire.toLoginJson(opened.accessToken, user) }, 200)
    },
  )
  addRoute(
    app,
    createRoute({
      method: 'post',
      path: '/api/auth/resend-verification',
      operationId: 'crmResendVerification',
      summary: 'Send the mail again; the previous link stops working',
      request: jsonBody(wire.ResendBody.openapi({ example: { email: 'anna@example.org' } })),
      responses: {
        202: json(wire.MessageJson, 'The same answer for every address'),
        ...publicErrors('input_invalid', 'forbidden', 'throttled', 'not_supported', 'unavailable'),
      },
      tags: [TAG],
      security: noAuth,
    }),
    async (c) => {
      await emailRegistration.resend((await readJson(c, wire.ResendBody)).email, clientAddress(c))
      return c.json(MAIL_SENT, 202)
    },
  )

  addGuarded(
    {
      method: 'post',
      path: '/api/auth/invite',
      operationId: 'crmInvite',
      summary: 'Invite a user by mail',
      description: 'Supervisors invite agents to their own team.',
      request: jsonBody(
        wire.InviteBody.openapi({
          example: { email: 'carl@example.org', role: 'AGENT', team: 'sales', days: 7 },
        }),
      ),
      responses: {
        201: json(wire.InvitedJson, 'A mail is on its way; the answer does not hold its link'),
        ...guardedErrors('input_invalid', 'taken', 'not_supported'),
      },
    },
    async (c) => {
      const invitation = await emailInvitations.invite(
        c.var.callCenterActor,
        await readJson(c, wire.InviteBody),
      )
      return c.json(wire.toInvitedJson(invitation), 201)
    },
  )
  addRoute(
    app,
    createRoute({
      method: 'post',
      path: '/api/auth/invitation-details',
      operationId: 'crmInvitationDetails',
      summary: 'Read an invitation',
      request: jsonBody(wire.TokenBody.openapi({ example: { token: exampleToken.replace('ver', 'inv') } })),
      responses: {
        200: json(wire.InvitationJson, 'The invitation'),
        ...publicErrors('input_invalid', 'not_found', 'unavailable'),
      },
      tags: [TAG],
      security: noAuth,
    }),
    async (c) => {
      const invitation = await emailInvitations.find((await readJson(c, wire.TokenBody)).token)
      return c.json(wire.toInvitationJson(invitation), 200)
    },
  )
  addRoute(
    app,
    createRoute({
      method: 'post',
      path: '/api/auth/register-invitation',
      operationId: 'crmRegisterInvitation',
      summary: 'Accept an invitation: creates the account, and logs in',
      request: jsonBody(
        wire.AcceptBody.openapi({ example: { ...examplePerson, token: exampleToken.replace('ver', 'inv') } }),
      ),
      responses: {
        201: json(wire.LoginJson, 'A token, and its user'),
        ...publicErrors('input_invalid', 'forbidden', 'not_found', 'taken', 'throttled', 'unavailable'),
      },
      tags: [TAG],
      security: noAuth,
    }),
    async (c) => {
      const { token, username, password, email, ...person } = await readJson(c, wire.AcceptBody)
      const name = wire.agentName({ username, ...person })
      await emailInvitations.accept({ token, username, password, email, name, address: clientAddress(c) })
      return c.json(await logIn(c, { username, password }, needs), 201)
    },
  )
}

/** The same text whether or not a mail is sent, so that it does not disclose which addresses are known. */
const MAIL_SENT = { message: 'Check your mail: if this address can be used here, a message is on its way' }

const openSessionRequest = (c: Context, { accessTtl }: AuthRoutesNeeds) => ({
  surface: 'crm',
  ...sessionClient(c),
  extraClaims,
  refreshWith: 'nothing' as const,
  accessTtl,
})

async function logIn(c: Context, credentials: LoginCredentials, needs: AuthRoutesNeeds) {
  const { login, users } = needs
  const opened = await login.login(credentials, openSessionRequest(c, needs))
  const user = await users.findByLogin(opened.username)
  if (user === undefined) throw new Refusal('credentials_wrong')
  return wire.toLoginJson(opened.accessToken, user)
}
