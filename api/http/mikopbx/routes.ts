import { createRoute, OpenAPIHono, type z } from '@hono/zod-openapi'
import { deleteCookie } from 'hono/cookie'
import { readBearer } from '../../../contract/bearer.ts'
import type { TokenVerifier } from '../../../contract/verdict.ts'
import type { Logger } from '../../../runtime/log.ts'
import { actorOf } from '../../core/actor.ts'
import type { AttemptOutcome } from '../../core/auth/attempt-counters.ts'
import type { Login } from '../../core/auth/login.ts'
import type { AddressAttempts } from '../../core/auth/login-attempts.ts'
import { SessionEnded } from '../../core/auth/session-ended.ts'
import type { OpenedSession, OpenSessionRequest, Sessions } from '../../core/auth/sessions.ts'
import { Refusal } from '../../core/refusal.ts'
import { createOriginPolicy } from '../../core/values/origin.ts'
import { addRoute } from '../add-route.ts'
import {
  clientAddress,
  type ErrorOverrides,
  readBody,
  SIGN_IN_STEPS,
  sendError,
  sessionClient,
} from '../errors.ts'
import { refusalForVerdict } from '../guard.ts'
import { bearer, createErrorResponses, json, noAuth, type OpenApiSection, sectionOf } from '../openapi.ts'
import { signInBrowsersOf } from '../sign-in-browser.ts'
import { loginErrors, logoutErrors, mikopbxErrorFormat, refreshErrors } from './errors.ts'
import { readRefreshCookies, setRefreshCookie } from './refresh-cookie.ts'
import { requireSameOrigin } from './same-origin.ts'
import * as wire from './wire.ts'

export interface MikopbxRoutesNeeds {
  tokenVerifier: TokenVerifier
  login: Login
  sessions: Pick<Sessions, 'rotate' | 'logout' | 'findByRefreshToken' | 'isRefreshToken'>
  /** Other origins that the settings allow to log in, refresh and log out. */
  allowedOrigins: readonly string[]
  /** Counts failed refreshes by address. MikoPBX counts all, but an office behind one address has many good ones. */
  refreshAttempts: AddressAttempts
  /** Lifetime of a remembered cookie in seconds. */
  refreshTtl: number
  log: Logger
}

/** Context variables of this surface. */
export interface MikopbxEnv {
  Variables: { errorOverrides: ErrorOverrides }
}

const errorResponses = createErrorResponses(mikopbxErrorFormat, wire.ErrorJson)
const setsCookie = (description: string) => ({
  headers: { 'Set-Cookie': { schema: { type: 'string' as const }, description } },
})
const jsonOrForm = <T extends z.ZodType>(schema: T) => ({
  body: {
    required: true,
    content: { 'application/json': { schema }, 'application/x-www-form-urlencoded': { schema } },
  },
})

/** The auth of MikoPBX REST v3: an access token for 15 minutes and a rotating refresh token in a cookie. */
export function createMikopbxRoutes(needs: MikopbxRoutesNeeds): OpenAPIHono<MikopbxEnv> {
  const { tokenVerifier, login, sessions, allowedOrigins = [], refreshAttempts, refreshTtl, log } = needs
  const app = new OpenAPIHono<MikopbxEnv>()
  app.onError((err, c) => sendError(c, err, mikopbxErrorFormat, log))
  const origins = createOriginPolicy(allowedOrigins)

  addRoute(
    app,
    createRoute({
      method: 'post',
      path: '/auth:login',
      operationId: 'mikopbxLogin',
      summary: 'Log in',
      security: noAuth,
      request: jsonOrForm(
        wire.LoginBody.openapi({ example: { login: 'admin', password: 'password', rememberMe: false } }),
      ),
      responses: {
        200: {
          ...json(wire.LoginJson, 'An access token; the cookie holds the refresh token'),
          ...setsCookie('`refreshToken`, HttpOnly, SameSite=Strict'),
        },
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
      c.set('errorOverrides', loginErrors)
      requireSameOrigin(c, origins)
      const { login: username, password, sessionToken, rememberMe } = await readBody(c, wire.LoginBody)
      const request: OpenSessionRequest = {
        surface: 'mikopbx',
        ...sessionClient(c),
        extraClaims: wire.extraClaims,
        refreshWith: 'opaque',
        remember: rememberMe,
        accessTtl: wire.ACCESS_TTL,
      }
      const opened =
        sessionToken === ''
          ? await login.login({ username, password }, request)
          : await login.loginWithTicket(sessionToken, request, signInBrowsersOf(c))
      setRefreshCookie(c, opened, refreshTtl)
      return c.json(wire.toLoginJson(opened), 200)
    },
  )

  addRoute(
    app,
    createRoute({
      method: 'post',
      path: '/auth:refresh',
      operationId: 'mikopbxRefresh',
      summary: 'A new access token for the cookie, which is exchanged, too',
      description:
        'If the session of the cookie has ended, the 401 has `X-Session-End-Reason`: `logout`, `ended_by_user`, `ended_by_admin`, `password` (it was changed), `changed` (the account was), `disabled`, `ended_by_provider`, `idle`, `expired` or `token_reuse`.',
      security: [{ refreshCookie: [] }],
      responses: {
        200: {
          ...json(wire.RefreshJson, 'The new access token; the cookie holds the new refresh token'),
          ...setsCookie('`refreshToken`, new'),
        },
        ...errorResponses(
          ['token_missing', 'token_invalid', 'token_revoked', 'forbidden', 'throttled', 'unavailable'],
          refreshErrors,
        ),
      },
    }),
    async (c) => {
      c.set('errorOverrides', refreshErrors)
      requireSameOrigin(c, origins)
      const address = clientAddress(c)
      const refreshTokens = readRefreshCookies(c)
      // Not counted as a failure: a logged-out page guesses nothing, and would use up the limit of its office.
      if (refreshTokens.length === 0) throw new Refusal('token_missing')
      const refreshToken = refreshTokens.find(sessions.isRefreshToken) ?? ''
      const opened = await countFailures(address, () =>
        sessions.rotate(refreshToken, { extraClaims: wire.extraClaims, accessTtl: wire.ACCESS_TTL, address }),
      ).catch((err) => {
        if (err instanceof SessionEnded) c.header(wire.END_REASON_HEADER, err.reason)
        throw err
      })
      setRefreshCookie(c, opened, refreshTtl)
      return c.json(wire.toRefreshJson(opened), 200)
    },
  )

  addRoute(
    app,
    createRoute({
      method: 'post',
      path: '/auth:logout',
      operationId: 'mikopbxLogout',
      summary: 'End the session; without a live access token the cookie identifies it',
      security: [...bearer, { refreshCookie: [] }],
      responses: {
        200: json(wire.LogoutJson, 'It is over'),
        ...errorResponses([
          'token_missing',
          'token_invalid',
          'token_expired',
          'token_revoked',
          'forbidden',
          'unavailable',
        ]),
      },
    }),
    async (c) => {
      c.set('errorOverrides', logoutErrors)
      const authorization = readBearer(c.req.header('authorization'))
      const refreshTokens = readRefreshCookies(c)
      if (refreshTokens.length > 0) requireSameOrigin(c, origins)
      const refreshToken = refreshTokens.find(sessions.isRefreshToken)
      const verdict = tokenVerifier.verify(
        typeof authorization === 'string' ? undefined : authorization.token,
        'access',
      )
      // The access token may have expired before the logout: then the cookie identifies the session.
      const owner = refreshToken === undefined ? undefined : await sessions.findByRefreshToken(refreshToken)
      if (!verdict.ok && owner === undefined) throw refusalForVerdict(verdict.code)
      const actor = verdict.ok ? actorOf(verdict.claims) : undefined
      // Another user has logged in with this browser since: keep that session and its cookie.
      const isOtherUser = owner !== undefined && actor !== undefined && owner.userId !== actor.userId
      if (actor !== undefined) await sessions.logout(actor, clientAddress(c))
      if (owner !== undefined && !isOtherUser) await sessions.logout(owner, clientAddress(c))
      if (!isOtherUser) deleteCookie(c, wire.REFRESH_COOKIE, { path: '/' })
      return c.json(wire.logoutJson, 200)
    },
  )

  /** Counts a failed refresh with a cookie. */
  async function countFailures(
    address: string,
    refresh: () => Promise<OpenedSession>,
  ): Promise<OpenedSession> {
    const attempt = await refreshAttempts.reserve(address)
    let outcome: AttemptOutcome = 'void'
    try {
      return await refresh()
    } catch (err) {
      if (err instanceof Refusal && err.code !== 'unavailable') outcome = 'failure'
      throw err
    } finally {
      await attempt.end(outcome)
    }
  }
  return app
}

/** The routes of this surface in the document. */
export const mikopbxSection = (app: OpenAPIHono<MikopbxEnv>): OpenApiSection =>
  sectionOf(app, {
    name: 'MikoPBX REST v3',
    tags: [
      {
        name: 'mikopbx',
        description:
          'Log in as to MikoPBX itself: an access token of 15 minutes, and a refresh token in a cookie, new with each refresh.',
      },
    ],
    prefix: wire.PREFIX,
  })
