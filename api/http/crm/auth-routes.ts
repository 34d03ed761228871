import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Login, LoginCredentials } from '../../core/auth/login.ts'
import type { UserStore } from '../../core/auth/users.ts'
import { Refusal } from '../../core/refusal.ts'
import type { EmailInvitations } from '../../core/registration/email-invitations.ts'
import type { EmailRegistration } from '../../core/registration/email-registration.ts'
import { addRoute } from '../add-route.ts'
import { clientAddress, readJson } from '../errors.ts'
import { json, jsonBody, noAuth } from '../openapi.ts'
import * as auth from './auth-wire.ts'
import type { Authorize, CrmEnv } from './authorize.ts'
import { guardedErrors, publicErrors } from './errors.ts'
import { guardedRoutes } from './guarded-routes.ts'
import { extraClaims } from './wire.ts'

const token = 'ver_0f8Zc1kGm3bYJ8d2pQ7xW5tR4nE6uLsa'

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
  /** Seconds: this surface has no way to renew a token. */
  accessTtl: number
}

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
      description: 'What is missing or empty is wrong.',
      request: jsonBody(auth.LoginBody.openapi({ example: { username: 'user1', password: 'password' } })),
      responses: {
        200: json(auth.LoginJson, 'A token, and whose it is'),
        ...publicErrors('input_invalid', 'credentials_wrong', 'throttled', 'unavailable'),
      },
      tags: [TAG],
      security: noAuth,
    }),
    async (c) => {
      return c.json(await logIn(c, await readJson(c, auth.LoginBody), needs), 200)
    },
  )

  addRoute(
    app,
    createRoute({
      method: 'post',
      path: '/api/auth/register',
      operationId: 'crmRegister',
      summary: 'Ask for an account, where registration is open',
      description:
        'Nobody can log in before the address is proved. The answer is the same for a name or an address that is known; whoever has an account gets a mail that says so. Where the address waits already with another username or password, the first username stays, no password is stored any more, and `verify-email` needs a `password`. The same registration again only sends the mail anew.',
      request: jsonBody(
        auth.RegisterBody.openapi({ example: { ...examplePerson, email: 'anna@example.org' } }),
      ),
      responses: {
        202: json(auth.MessageJson, 'A mail is on its way'),
        ...publicErrors('input_invalid', 'forbidden', 'throttled', 'not_supported', 'unavailable'),
      },
      tags: [TAG],
      security: noAuth,
    }),
    async (c) => {
      const { username, email, password, ...person } = await readJson(c, auth.RegisterBody)
      const name = auth.agentName({ username, ...person })
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
      summary: 'Prove an address by the token that was mailed to it: makes the account, and logs in',
      description:
        'A username that somebody else got meanwhile is 409; send another one along with the same token. Where the address was registered more than once, with different usernames or passwords, a request without `password` is 400 (`password: is needed, as this address was registered more than once`), and the token stays good.',
      request: jsonBody(auth.VerifyBody.openapi({ example: { token } })),
      responses: {
        200: json(auth.VerifiedJson, 'There is an account now, and a token of it'),
        ...publicErrors('input_invalid', 'forbidden', 'taken', 'unavailable'),
      },
      tags: [TAG],
      security: noAuth,
    }),
    async (c) => {
      const { token, ...chosen } = await readJson(c, auth.VerifyBody)
      const user = await emailRegistration.verify(token, chosen, clientAddress(c))
      const opened = await needs.login.loginVerified(user, openSessionRequest(c, needs))
      return c.json(
        {
          message: 'Email verified',
          ...auth.toLoginJson(opened.accessToken, user),
        },
        200,
      )
    },
  )
  addRoute(
    app,
    createRoute({
      method: 'post',
      path: '/api/auth/resend-verification',
      operationId: 'crmResendVerification',
      summary: 'Another mail; the link of the one before is good no more',
      request: jsonBody(auth.ResendBody.openapi({ example: { email: 'anna@example.org' } })),
      responses: {
        202: json(auth.MessageJson, 'Always the same'),
        ...publicErrors('input_invalid', 'forbidden', 'throttled', 'not_supported', 'unavailable'),
      },
      tags: [TAG],
      security: noAuth,
    }),
    async (c) => {
      await emailRegistration.resend((await readJson(c, auth.ResendBody)).email, clientAddress(c))
      return c.json(MAIL_SENT, 202)
    },
  )

  addGuarded(
    {
      method: 'post',
      path: '/api/auth/invite',
      operationId: 'crmInvite',
      summary: 'Invite somebody by mail',
      description: 'Supervisors invite agents of their own team.',
      request: jsonBody(
        auth.InviteBody.openapi({
          example: { email: 'carl@example.org', role: 'AGENT', team: 'sales', days: 7 },
        }),
      ),
      responses: {
        201: json(auth.InvitedJson, 'A mail is on its way; nobody else sees its link'),
        ...guardedErrors('input_invalid', 'taken', 'not_supported'),
      },
    },
    async (c) => {
      const invitation = await emailInvitations.invite(
        c.var.callCenterActor,
        await readJson(c, auth.InviteBody),
      )
      return c.json(auth.toInvitedJson(invitation), 201)
    },
  )
  addRoute(
    app,
    createRoute({
      method: 'post',
      path: '/api/auth/invitation-details',
      operationId: 'crmInvitationDetails',
      summary: 'What an invitation is for',
      request: jsonBody(auth.TokenBody.openapi({ example: { token: token.replace('ver', 'inv') } })),
      responses: {
        200: json(auth.InvitationJson, 'The invitation'),
        ...publicErrors('input_invalid', 'not_found', 'unavailable'),
      },
      tags: [TAG],
      security: noAuth,
    }),
    async (c) => {
      const invitation = await emailInvitations.find((await readJson(c, auth.TokenBody)).token)
      return c.json(auth.toInvitationJson(invitation), 200)
    },
  )
  addRoute(
    app,
    createRoute({
      method: 'post',
      path: '/api/auth/register-invitation',
      operationId: 'crmRegisterInvitation',
      summary: 'Make the account one was invited to, and log in',
      request: jsonBody(
        auth.AcceptBody.openapi({ example: { ...examplePerson, token: token.replace('ver', 'inv') } }),
      ),
      responses: {
        201: json(auth.LoginJson, 'A token, and whose it is'),
        ...publicErrors('input_invalid', 'forbidden', 'not_found', 'taken', 'throttled', 'unavailable'),
      },
      tags: [TAG],
      security: noAuth,
    }),
    async (c) => {
      const { token, username, password, email, ...person } = await readJson(c, auth.AcceptBody)
      const name = auth.agentName({ username, ...person })
      await emailInvitations.accept({ token, username, password, email, name, address: clientAddress(c) })
      return c.json(await logIn(c, { username, password }, needs), 201)
    },
  )
}

/** The same whether or not anything is sent, or to whom. */
const MAIL_SENT = { message: 'Check your mail: if this address can be used here, a message is on its way' }

const openSessionRequest = (c: Context, { accessTtl }: AuthRoutesNeeds) => ({
  surface: 'crm',
  address: clientAddress(c),
  userAgent: c.req.header('user-agent') ?? '',
  extraClaims,
  refreshWith: 'nothing' as const,
  accessTtl,
})

async function logIn(c: Context, credentials: LoginCredentials, needs: AuthRoutesNeeds) {
  const { login, users } = needs
  const opened = await login.login(credentials, openSessionRequest(c, needs))
  const user = await users.findByLogin(opened.username)
  if (user === undefined) throw new Refusal('credentials_wrong')
  return auth.toLoginJson(opened.accessToken, user)
}
