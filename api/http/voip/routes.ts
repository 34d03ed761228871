import { type Context, Hono } from 'hono'
import type { Logger } from '../../../runtime/log.ts'
import type { Login, RateLimiter } from '../../core/auth/login.ts'
import type { Sessions } from '../../core/auth/sessions.ts'
import type { UserStatuses } from '../../core/presence/user-status.ts'
import { Refusal } from '../../core/refusal.ts'
import type { SelfRegistration } from '../../core/registration/self-registration.ts'
import { clientAddress, readJson, sendError } from '../errors.ts'
import type { Guard, Guarded } from '../guard.ts'
import { typedAs } from '../openapi.ts'
import { type AdminRoutesNeeds, addAdminRoutes } from './admin-routes.ts'
import { bearerRequired } from './bearer-required.ts'
import { addVoipCallRoutes, type VoipCallRoutesNeeds } from './call-routes.ts'
import { registerErrors, voipErrorFormat } from './errors.ts'
import * as answers from './responses.ts'
import { rateLimitStatuses } from './status-rate-limit.ts'
import { addUserRoutes, type UserRoutesNeeds } from './user-routes.ts'
import { createUserViews, type UserViewsNeeds } from './user-view.ts'
import * as wire from './wire.ts'

type GroupNeeds = Omit<AdminRoutesNeeds & VoipCallRoutesNeeds & UserRoutesNeeds, 'userViews' | 'signedIn'>
export interface VoipRoutesNeeds extends GroupNeeds, UserViewsNeeds {
  guard: Guard
  login: Pick<Login, 'login'>
  users: UserViewsNeeds['users'] & AdminRoutesNeeds['users'] & UserRoutesNeeds['users']
  sessions: Pick<Sessions, 'refresh' | 'logout'>
  selfRegistration: SelfRegistration
  /** Whether anybody may make an account and take a free extension: not unless somebody says so. */
  registration: 'open' | 'closed'
  /** Registrations by address. */
  registerThrottle: Pick<RateLimiter, 'consume'>
  statuses: Pick<UserStatuses, 'set' | 'statusOf'>
  /** A clock that never jumps, in ms. */
  monotonic: () => number
  /** Seconds an access token lives here, as the document has no other. */
  accessTtl: number
  log: Logger
}

const SURFACE = 'voip'

/** The surface of the VoIP backend, without its socket. Its paths share `/api` with others: guards stand on routes. */
export function createVoipRoutes(needs: VoipRoutesNeeds): Hono<Guarded> {
  const { guard, login, users, sessions, selfRegistration, registration, registerThrottle, accessTtl, log } =
    needs
  const userViews = createUserViews(needs)
  const app = new Hono<Guarded>()
  app.onError((err, c) => sendError(c, err, voipErrorFormat, log))

  app.post('/api/login', async (c) => {
    const credentials = await readJson(c, wire.LoginBody)
    const opened = await login.login(credentials, { ...openSessionRequest(c), accessTtl })
    const user = await users.findByLogin(opened.username)
    if (user === undefined) throw new Refusal('credentials_wrong')
    const { accessToken: token, expiresIn: expires_in } = opened
    const userJson = await userViews.toOwnUserJson(user)
    return c.json(
      typedAs(answers.LoginJson, {
        success: true,
        message: 'Login successful',
        token,
        expires_in,
        user: userJson,
      }),
    )
  })
  app.post('/api/register', async (c) => {
    c.set('errorOverrides', registerErrors)
    if (registration === 'closed') throw new Refusal('forbidden')
    await registerThrottle.consume(clientAddress(c))
    const body = await readJson(c, wire.RegisterBody)
    const user = await selfRegistration.register(body, clientAddress(c))
    const userJson = await userViews.toOwnUserJson(user)
    return c.json(
      typedAs(answers.RegisteredJson, {
        success: true,
        message: 'User registered successfully',
        user: userJson,
      }),
      201,
    )
  })
  // The old token stays good until its own end; the session's end stays where it is, so this is not endless.
  app.post('/api/refresh', bearerRequired, guard(), async (c) => {
    const only = { surface: SURFACE, accessTtl }
    const { accessToken, expiresIn } = await sessions.refresh(c.var.actor, wire.extraClaims, only)
    return c.json(
      typedAs(answers.RefreshJson, {
        success: true,
        message: 'Token refreshed',
        token: accessToken,
        expires_in: expiresIn,
      }),
    )
  })

  const signedIn = guard()
  addUserRoutes(app, {
    ...needs,
    statuses: rateLimitStatuses(needs.statuses, needs.monotonic),
    userViews,
    signedIn,
  })
  addVoipCallRoutes(app, { ...needs, userViews, signedIn })
  addAdminRoutes(app, { ...needs, userViews })
  return app
}

const openSessionRequest = (c: Context) => ({
  surface: SURFACE,
  address: clientAddress(c),
  userAgent: c.req.header('user-agent') ?? '',
  extraClaims: wire.extraClaims,
  refreshWith: 'access' as const,
})
