import type { Context } from 'hono'
import { setCookie } from 'hono/cookie'
import type { OpenedSession } from '../../core/auth/sessions.ts'
import { REFRESH_COOKIE } from './wire.ts'

/** Session cookie unless remembered; never readable by a script, never sent from another site. */
export function setRefreshCookie(
  c: Context,
  { refreshToken, remember }: OpenedSession,
  refreshTtl: number,
): void {
  setCookie(c, REFRESH_COOKIE, refreshToken, {
    path: '/',
    httpOnly: true,
    sameSite: 'Strict',
    secure: c.req.header('x-forwarded-proto') === 'https',
    ...(remember ? { maxAge: refreshTtl } : {}),
  })
}

/**
 * All refresh tokens of a request, in the browser's order: a MikoPBX on the same host has a cookie of the same name,
 * and one for a longer path comes first. What else the header holds does not count.
 * @see RFC 6265 §5.4
 */
export function readRefreshCookies(c: Context): string[] {
  const pairs = (c.req.header('cookie') ?? '').split(';').map((pair) => pair.trim())
  const own = pairs.filter((pair) => pair.startsWith(`${REFRESH_COOKIE}=`))
  return own.map((pair) => pair.slice(REFRESH_COOKIE.length + 1).replace(/^"(.*)"$/, '$1')).filter(Boolean)
}
