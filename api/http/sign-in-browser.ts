import { randomBytes } from 'node:crypto'
import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { browserHashOf } from '../core/auth/providers/provider-sign-in.ts'

/**
 * The secret of a browser that signs in through a provider: without it, a link with another person's state or ticket
 * would sign this browser in as that person. A page of another host cannot set a cookie with the prefix `__Host-`.
 */
const SECURE_COOKIE = '__Host-hookswitch-sign-in'
/** Without HTTPS browsers refuse the prefix. */
const PLAIN_COOKIE = 'hookswitch-sign-in'
const SECRET = /^[\w-]{43}$/

/** The hashes of the secrets that a request has: the name of the cookie is part of each. */
export const signInBrowsersOf = (c: Context): string[] =>
  [SECURE_COOKIE, PLAIN_COOKIE].flatMap((name) => {
    const secret = getCookie(c, name) ?? ''
    return SECRET.test(secret) ? [browserHashOf(name, secret)] : []
  })

/** The hash of the browser's secret, by the scheme of the public URL; an empty text without one. */
export function signInBrowserOf(c: Context, isHttps: boolean): string {
  const name = isHttps ? SECURE_COOKIE : PLAIN_COOKIE
  const secret = getCookie(c, name) ?? ''
  return SECRET.test(secret) ? browserHashOf(name, secret) : ''
}

/**
 * Gives the browser a secret, or prolongs the one that it has, so that sign-ins in several tabs do not disturb each other.
 * @param maxAge seconds
 */
export function ensureSignInBrowser(c: Context, isHttps: boolean, maxAge: number): string {
  const name = isHttps ? SECURE_COOKIE : PLAIN_COOKIE
  const known = getCookie(c, name) ?? ''
  const secret = SECRET.test(known) ? known : randomBytes(32).toString('base64url')
  setCookie(c, name, secret, { path: '/', httpOnly: true, sameSite: 'Lax', secure: isHttps, maxAge })
  return browserHashOf(name, secret)
}
