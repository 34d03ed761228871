import { type Context, Hono } from 'hono'
import type { Logger } from '../../../runtime/log.ts'
import type { Login, Throttle } from '../../core/auth/login.ts'
import type { Sessions } from '../../core/auth/sessions.ts'
import type { Statuses } from '../../core/presence/user-status.ts'
import { Refusal } from '../../core/refusal.ts'
import type { SelfRegistration } from '../../core/registration/self-registration.ts'
import { addressOf, readJson, refuse } from '../errors.ts'
import type { Guard, Guarded } from '../guard.ts'
import { as } from '../openapi.ts'
import { type AdminNeeds, addAdminRoutes } from './admin-routes.ts'
import { bearerRequired } from './bearer-required.ts'
import { addCallRoutes, type CallRoutesNeeds } from './call-routes.ts'
import { registerWording, speech } from './errors.ts'
import * as answers from './responses.ts'
import { limitStatuses } from './status-rate-limit.ts'
import { addUserRoutes, type UserRoutesNeeds } from './user-routes.ts'
import { createPeople, type PeopleNeeds } from './user-view.ts'
import * as wire from './wire.ts'

type OfRoutes = Omit<AdminNeeds & CallRoutesNeeds & UserRoutesNeeds, 'people' | 'signedIn' | 'adminOnly'>
export interface VoipNeeds extends OfRoutes, PeopleNeeds {
  guard: Guard
  login: Pick<Login, 'login'>
  users: PeopleNeeds['users'] & AdminNeeds['users'] & UserRoutesNeeds['users']
  sessions: Pick<Sessions, 'refresh' | 'logout'>
  selfRegistration: SelfRegistration
  /** Whether anybody may make an account and take a free extension: not unless somebody says so. */
  registration: 'open' | 'closed'
  /** Registrations by address. */
  registerThrottle: Pick<Throttle, 'takeAddress'>
  statuses: Pick<Statuses, 'set' | 'of'>
  /** A clock that never jumps, in ms. */
  monotonic: () => number
  /** Seconds an access token lives here, as the document has no other. */
  accessTtl: number
  log: Logger
}

const SURFACE = 'voip'

/** The surface of the VoIP backend, without its socket. Its paths share `/api` with others: guards stand on routes. */
export function createVoip(needs: VoipNeeds): Hono<Guarded> {
  const { guard, login, users, sessions, selfRegistration, registration, registerThrottle, accessTtl, log } =
    needs
  const people = createPeople(needs)
  const app = new Hono<Guarded>()
  app.onError((err, c) => refuse(c, err, speech, log))

  app.post('/api/login', async (c) => {
    const credentials = await readJson(c, wire.LoginBody)
    const opened = await login.login(credentials, { ...openRequest(c), accessTtl })
    const user = await users.findByLogin(opened.username)
    if (user === undefined) throw new Refusal('credentials_wrong')
    const { accessToken: token, expiresIn: expires_in } = opened
    const shown = await people.showSelf(user)
    return c.json(
      as(answers.LoggedIn, { success: true, message: 'Login successful', token, expires_in, user: shown }),
    )
  })
  app.post('/api/register', async (c) => {
    c.set('wording', registerWording)
    if (registration === 'closed') throw new Refusal('forbidden')
    await registerThrottle.takeAddress(addressOf(c))
    const body = await readJson(c, wire.RegisterBody)
    const user = await selfRegistration.register(body, addressOf(c))
    const shown = await people.showSelf(user)
    return c.json(
      as(answers.Registered, { success: true, message: 'User registered successfully', user: shown }),
      201,
    )
  })
  // The old token stays good until its own end; the session's end stays where it is, so this is not endless.
  app.post('/api/refresh', bearerRequired, guard(), async (c) => {
    const only = { surface: SURFACE, accessTtl }
    const { accessToken, expiresIn } = await sessions.refresh(c.var.actor, wire.clothing, only)
    return c.json(
      as(answers.Refreshed, {
        success: true,
        message: 'Token refreshed',
        token: accessToken,
        expires_in: expiresIn,
      }),
    )
  })

  const signedIn = guard()
  addUserRoutes(app, { ...needs, statuses: limitStatuses(needs.statuses, needs.monotonic), people, signedIn })
  addCallRoutes(app, { ...needs, people, signedIn })
  addAdminRoutes(app, { ...needs, people })
  return app
}

const openRequest = (c: Context) => ({
  surface: SURFACE,
  address: addressOf(c),
  userAgent: c.req.header('user-agent') ?? '',
  clothing: wire.clothing,
  refreshBy: 'access' as const,
})
