import { createRoute, OpenAPIHono } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { Logger } from '../../../runtime/log.ts'
import type { Login } from '../../core/auth/login.ts'
import type { Sessions } from '../../core/auth/sessions.ts'
import type { UserStore } from '../../core/auth/users.ts'
import { Refusal } from '../../core/refusal.ts'
import { addRoute } from '../add-route.ts'
import { clientAddress, readJson, SIGN_IN_STEPS, sendError, sessionClient } from '../errors.ts'
import type { Guard, Guarded } from '../guard.ts'
import { bearer, GUARD_ERRORS, json, jsonBody, noAuth, type OpenApiSection, sectionOf } from '../openapi.ts'
import { errorResponses, logoutErrors, refreshErrors, softphoneErrorFormat } from './errors.ts'
import { addStreamRoutes, type StreamRoutesNeeds } from './stream-routes.ts'
import * as wire from './wire.ts'

export interface SoftphoneRoutesNeeds extends StreamRoutesNeeds {
  guard: Guard
  login: Login
  sessions: Sessions
  users: Pick<UserStore, 'find'>
  log: Logger
}

/** The surface of MikoPBX ModuleSoftphoneBackend v1. */
export function createSoftphoneRoutes(needs: SoftphoneRoutesNeeds): OpenAPIHono<Guarded> {
  const { guard, login, sessions, users, log } = needs
  const app = new OpenAPIHono<Guarded>()
  app.onError((err, c) => sendError(c, err, softphoneErrorFormat, log))

  addRoute(
    app,
    createRoute({
      method: 'post',
      path: '/auth/login',
      operationId: 'softphoneLogin',
      summary: 'Log in',
      security: noAuth,
      request: jsonBody(wire.LoginBody.openapi({ example: { username: 'user1', password: 'password' } })),
      responses: {
        200: json(wire.LoginJson, 'A pair of tokens'),
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
      const opened = await login.login(credentials, openSessionRequest(c))
      return c.json(wire.toLoginJson(opened), 200)
    },
  )
  addRoute(
    app,
    createRoute({
      method: 'post',
      path: '/auth/refresh',
      operationId: 'softphoneRefresh',
      summary: 'A new access token for the refresh token, which comes as the bearer',
      security: bearer,
      responses: {
        200: json(wire.RefreshJson, 'The new one'),
        ...errorResponses(GUARD_ERRORS, refreshErrors),
      },
    }),
    guard({ kind: 'refresh', errorOverrides: refreshErrors }),
    async (c) => {
      const refreshed = await sessions.refresh(c.var.actor, wire.extraClaims)
      return c.json(wire.toRefreshJson(refreshed), 200)
    },
  )
  addRoute(
    app,
    createRoute({
      method: 'post',
      path: '/auth/logout',
      operationId: 'softphoneLogout',
      summary: 'End the session, with all its tokens and streams',
      security: bearer,
      responses: { 200: json(wire.LogoutJson, 'It is over'), ...errorResponses(GUARD_ERRORS, logoutErrors) },
    }),
    guard({ errorOverrides: logoutErrors }),
    async (c) => {
      await sessions.logout(c.var.actor, clientAddress(c))
      return c.json(wire.logoutJson, 200)
    },
  )
  addRoute(
    app,
    createRoute({
      method: 'get',
      path: '/profile',
      operationId: 'softphoneProfile',
      summary: 'Who I am',
      security: bearer,
      responses: { 200: json(wire.ProfileJson, 'The user of the token'), ...errorResponses(GUARD_ERRORS) },
    }),
    guard(),
    async (c) => {
      const user = await users.find(c.var.actor.userId)
      if (user === undefined) throw new Refusal('token_revoked')
      return c.json(wire.toProfileJson(user), 200)
    },
  )
  addRoute(
    app,
    createRoute({
      method: 'get',
      path: '/health',
      operationId: 'softphoneHealth',
      summary: 'Whether the API answers',
      security: noAuth,
      responses: {
        200: json(wire.HealthJson, 'It does'),
        ...errorResponses(['input_invalid', 'unavailable']),
      },
    }),
    (c) => c.json(wire.toHealthJson(), 200),
  )

  addStreamRoutes(app, needs)
  return app
}

/** The routes of this surface in the document; what nginx serves below its prefix is in docs/media-and-streams.ts. */
export const softphoneSection = (app: OpenAPIHono<Guarded>): OpenApiSection =>
  sectionOf(app, {
    name: 'MikoPBX softphone backend',
    tags: [
      {
        name: 'softphone',
        description: 'Log in with a pair of tokens, follow the state of users, listen to recordings.',
      },
    ],
    prefix: wire.PREFIX,
  })

const openSessionRequest = (c: Context) => ({
  surface: 'softphone',
  ...sessionClient(c),
  extraClaims: wire.extraClaims,
  refreshWith: 'jwt' as const,
})
