import { type Context, Hono } from 'hono'
import { deleteCookie, setCookie } from 'hono/cookie'
import { readBearer } from '../../../contract/bearer.ts'
import type { Judge } from '../../../contract/verdict.ts'
import type { Logger } from '../../../runtime/log.ts'
import { actorOf } from '../../core/actor.ts'
import type { Login } from '../../core/auth/login.ts'
import type { AddressAttempts, Outcome } from '../../core/auth/login-attempts.ts'
import type { Opened, Sessions } from '../../core/auth/sessions.ts'
import { Refusal } from '../../core/refusal.ts'
import { createOrigins } from '../../core/values/origin.ts'
import { addressOf, readBody, refuse, type Wording } from '../errors.ts'
import { refusalOf } from '../guard.ts'
import { loginWording, logoutWording, refreshWording, speech } from './errors.ts'
import { mustBeOurs } from './same-origin.ts'
import * as wire from './wire.ts'

export interface MikopbxNeeds {
  judge: Judge
  login: Login
  sessions: Pick<Sessions, 'rotate' | 'logout' | 'ownerOf' | 'isSecret'>
  /** Other origins whose pages may log in, refresh and log out, as the settings have them. */
  allowedOrigins: readonly string[]
  /** Refreshes that fail, by address: MikoPBX counts all, and an office behind one address has many. */
  refreshAttempts: AddressAttempts
  /** Seconds a remembered cookie lives. */
  refreshTtl: number
  log: Logger
}

/** The auth of MikoPBX REST v3: an access token of 15 minutes, and a rotated refresh secret in a cookie. */
export function createMikopbx(needs: MikopbxNeeds): Hono<{ Variables: { wording: Wording } }> {
  const { judge, login, sessions, allowedOrigins = [], refreshAttempts, refreshTtl, log } = needs
  const app = new Hono<{ Variables: { wording: Wording } }>()
  app.onError((err, c) => refuse(c, err, speech, log))
  const origins = createOrigins(allowedOrigins)

  app.post('/auth:login', async (c) => {
    c.set('wording', loginWording)
    mustBeOurs(c, origins)
    const { login: username, password, rememberMe } = await readBody(c, wire.LoginBody)
    const opened = await login.login(
      { username, password },
      {
        surface: 'mikopbx',
        address: addressOf(c),
        userAgent: c.req.header('user-agent') ?? '',
        clothing: wire.clothing,
        refreshBy: 'secret',
        remember: rememberMe,
        accessTtl: wire.ACCESS_TTL,
      },
    )
    keepSecret(c, opened)
    return c.json(wire.opened(opened))
  })

  app.post('/auth:refresh', async (c) => {
    c.set('wording', refreshWording)
    mustBeOurs(c, origins)
    const address = addressOf(c)
    const secrets = secretsOf(c)
    // A page that is logged out guesses at nothing: counted, it would use up the refreshes of its office.
    if (secrets.length === 0) throw new Refusal('token_missing')
    const secret = secrets.find(sessions.isSecret) ?? ''
    const opened = await counted(address, () =>
      sessions.rotate(secret, { clothing: wire.clothing, accessTtl: wire.ACCESS_TTL, address }),
    )
    keepSecret(c, opened)
    return c.json(wire.rotated(opened))
  })

  app.post('/auth:logout', async (c) => {
    c.set('wording', logoutWording)
    const bearer = readBearer(c.req.header('authorization'))
    const secrets = secretsOf(c)
    if (secrets.length > 0) mustBeOurs(c, origins)
    const secret = secrets.find(sessions.isSecret)
    const verdict = judge.token(typeof bearer === 'string' ? undefined : bearer.token, 'access')
    // An access token may have expired before its user logs out: then the cookie says whose session it is.
    const owner = secret === undefined ? undefined : await sessions.ownerOf(secret)
    if (!verdict.good && owner === undefined) throw refusalOf(verdict.code)
    const actor = verdict.good ? actorOf(verdict.claims) : undefined
    // Another user has logged in with this browser meanwhile: their session and their cookie stay.
    const isOthers = owner !== undefined && actor !== undefined && owner.userId !== actor.userId
    if (actor !== undefined) await sessions.logout(actor, addressOf(c))
    if (owner !== undefined && !isOthers) await sessions.logout(owner, addressOf(c))
    if (!isOthers) deleteCookie(c, wire.COOKIE, { path: '/' })
    return c.json(wire.loggedOut)
  })

  /** Counts a refresh that fails with a cookie. */
  async function counted(address: string, refresh: () => Promise<Opened>): Promise<Opened> {
    const attempt = await refreshAttempts.reserve(address)
    let outcome: Outcome = 'void'
    try {
      return await refresh()
    } catch (err) {
      if (err instanceof Refusal && err.code !== 'unavailable') outcome = 'wrong'
      throw err
    } finally {
      await attempt.end(outcome)
    }
  }

  /** Session cookie unless remembered; never readable by a script, never sent from another site. */
  function keepSecret(c: Context, { refreshToken, remember }: Opened) {
    setCookie(c, wire.COOKIE, refreshToken, {
      path: '/',
      httpOnly: true,
      sameSite: 'Strict',
      secure: c.req.header('x-forwarded-proto') === 'https',
      ...(remember ? { maxAge: refreshTtl } : {}),
    })
  }
  return app
}

/**
 * All refresh secrets of a request, in the browser's order: a MikoPBX on the same host has a cookie of the same name,
 * and one for a longer path comes first. What else the header holds does not count.
 * @see RFC 6265 §5.4
 */
function secretsOf(c: Context): string[] {
  const pairs = (c.req.header('cookie') ?? '').split(';').map((pair) => pair.trim())
  const own = pairs.filter((pair) => pair.startsWith(`${wire.COOKIE}=`))
  return own.map((pair) => pair.slice(wire.COOKIE.length + 1).replace(/^"(.*)"$/, '$1')).filter(Boolean)
}
