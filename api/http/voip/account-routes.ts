import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Login } from '../../core/auth/login.ts'
import type { RateLimiter } from '../../core/auth/rate-limiter.ts'
import type { Sessions } from '../../core/auth/sessions.ts'
import type { UserStore } from '../../core/auth/users.ts'
import { Refusal } from '../../core/refusal.ts'
import type { SelfRegistration } from '../../core/registration/self-registration.ts'
import { addRoute } from '../add-route.ts'
import { clientAddress, readJson, SIGN_IN_STEPS, sessionClient } from '../errors.ts'
import type { Guard, Guarded } from '../guard.ts'
import { bearer, GUARD_ERRORS, json, jsonBody, noAuth } from '../openapi.ts'
import { bearerRequired } from './bearer-required.ts'
import { errorResponses, registerErrors } from './errors.ts'
import * as responses from './responses.ts'
import type { UserViews } from './user-view.ts'
import * as wire from './wire.ts'

export interface AccountRoutesNeeds {
  guard: Guard
  userViews: Pick<UserViews, 'toOwnUserJson'>
  login: Pick<Login, 'login'>
  users: Pick<UserStore, 'findByLogin'>
  sessions: Pick<Sessions, 'refresh'>
  selfRegistration: SelfRegistration
  /** Whether any client may create an account and take a free extension; closed unless the settings open it. */
  registration: 'open' | 'closed'
  /** Registrations by address. */
  registerThrottle: Pick<RateLimiter, 'consume'>
  /** Lifetime of access tokens in seconds, as the document has no other. */
  accessTtl: number
}

const tags = ['voip accounts']
const SURFACE = 'voip'

/** Login, registration and refresh. */
export function addAccountRoutes(app: OpenAPIHono<Guarded>, needs: AccountRoutesNeeds): void {
  const { guard, userViews, login, users, sessions, accessTtl } = needs
  const { selfRegistration, registration, registerThrottle } = needs

  addRoute(
    app,
    createRoute({
      method: 'post',
      path: '/api/login',
      operationId: 'voipLogin',
      summary: 'Log in',
      tags,
      security: noAuth,
      request: jsonBody(wire.LoginBody.openapi({ example: { username: 'user1', password: 'password' } })),
      responses: {
        200: json(responses.LoginJson, 'A token of a day, and who it is of'),
        ...errorResponses([
          'credentials_missing',
          'input_invalid',
          'credentials_wrong',
          ...SIGN_IN_STEPS,
          'throttled',
          'unavailable',
        ]),
      },
    }),
    async (c) => {
      const credentials = await readJson(c, wire.LoginBody)
      const opened = await login.login(credentials, { ...openSessionRequest(c), accessTtl })
      const user = await users.findByLogin(opened.username)
      if (user === undefined) throw new Refusal('credentials_wrong')
      const { accessToken: token, expiresIn: expires_in } = opened
      const userJson = await userViews.toOwnUserJson(user)
      return c.json(
        {
          success: true as const,
          message: 'Login successful',
          token,
          expires_in,
          user: userJson,
        },
        200,
      )
    },
  )
  addRoute(
    app,
    createRoute({
      method: 'post',
      path: '/api/register',
      operationId: 'voipRegister',
      summary: 'Make an account, where registration is open',
      description:
        'Taken (409) is also an extension with a folder of recordings that holds files of an earlier user, and an address that a live invitation names.',
      tags,
      security: noAuth,
      request: jsonBody(
        wire.RegisterBody.openapi({
          example: {
            username: 'anna',
            email: 'anna@example.org',
            password: 'correct horse',
            extension: '2001',
          },
        }),
      ),
      responses: {
        201: json(responses.RegisteredJson, 'The account'),
        ...errorResponses(
          ['input_invalid', 'forbidden', 'taken', 'throttled', 'unavailable'],
          registerErrors,
        ),
      },
    }),
    async (c) => {
      c.set('errorOverrides', registerErrors)
      if (registration === 'closed') throw new Refusal('forbidden')
      await registerThrottle.consume(clientAddress(c))
      const body = await readJson(c, wire.RegisterBody)
      const user = await selfRegistration.register(body, clientAddress(c))
      const userJson = await userViews.toOwnUserJson(user)
      return c.json(
        {
          success: true as const,
          message: 'User registered successfully',
          user: userJson,
        },
        201,
      )
    },
  )
  // The old token stays valid until it expires. The session's end does not move, so refreshing ends with it.
  addRoute(
    app,
    createRoute({
      method: 'post',
      path: '/api/refresh',
      operationId: 'voipRefresh',
      summary: 'A new token for one that still lives',
      tags,
      security: bearer,
      responses: {
        200: json(responses.RefreshJson, 'The new one'),
        ...errorResponses([...GUARD_ERRORS, 'forbidden']),
      },
    }),
    bearerRequired,
    guard(),
    async (c) => {
      const only = { surface: SURFACE, accessTtl }
      const { accessToken, expiresIn } = await sessions.refresh(c.var.actor, wire.extraClaims, only)
      return c.json(
        {
          success: true as const,
          message: 'Token refreshed',
          token: accessToken,
          expires_in: expiresIn,
        },
        200,
      )
    },
  )
}

const openSessionRequest = (c: Context) => ({
  surface: SURFACE,
  ...sessionClient(c),
  extraClaims: wire.extraClaims,
  refreshWith: 'access' as const,
})
