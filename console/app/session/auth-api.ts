import { type SignOutReason, toEndReason } from './end-reason.ts'
import type { AccessToken } from './tab-channel.ts'

/** The session of the page: a cookie that no script reads, of the surface that rotates it. */
const PREFIX = '/pbxcore/api/v3'

/** `unavailable`: the server could not judge; it is not a refusal. */
export type RefreshResult =
  | { outcome: 'token'; token: AccessToken }
  | { outcome: 'no_session' }
  | { outcome: 'ended'; reason: SignOutReason }
  | { outcome: 'unavailable'; retryAfterMs: number }
export type LoginResult =
  | { outcome: 'token'; token: AccessToken }
  | { outcome: 'wrong' | 'invalid' }
  | { outcome: 'throttled' | 'unavailable'; retryAfterMs: number }

export type LoginBody =
  | { login: string; password: string; rememberMe: boolean }
  /** A ticket of another way to sign in. */
  | { sessionToken: string }

export async function login(body: LoginBody): Promise<LoginResult> {
  const response = await post('auth:login', body)
  switch (response?.status) {
    case 200:
      return withToken(response, 2)
    case 400:
      return { outcome: 'invalid' }
    case 401:
    case 403:
      return { outcome: 'wrong' }
    case 429:
      return { outcome: 'throttled', retryAfterMs: retryAfterMs(response, 60) }
    default:
      return { outcome: 'unavailable', retryAfterMs: retryAfterMs(response, 2) }
  }
}

/** Exchanges the cookie for an access token and a new cookie. */
export async function refresh(): Promise<RefreshResult> {
  const response = await post('auth:refresh')
  switch (response?.status) {
    case 200:
      return withToken(response, 1)
    case 400:
      return { outcome: 'no_session' }
    case 401:
    case 403:
      return (await isMissing(response))
        ? { outcome: 'no_session' }
        : { outcome: 'ended', reason: toEndReason(response.headers.get('x-session-end-reason')) }
    default:
      return { outcome: 'unavailable', retryAfterMs: retryAfterMs(response, 1) }
  }
}

/** @returns whether the server has ended the session */
export async function logout(token: string): Promise<boolean> {
  const response = await post('auth:logout', undefined, token)
  return response?.status === 200 || response?.status === 401
}

async function post(path: string, body?: unknown, token?: string): Promise<Response | undefined> {
  try {
    return await fetch(`${PREFIX}/${path}`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(15_000),
    })
  } catch {
    return undefined
  }
}

/** An answer that breaks off, or has no token, is none. */
async function withToken(
  response: Response,
  retryAfterS: number,
): Promise<{ outcome: 'token'; token: AccessToken } | { outcome: 'unavailable'; retryAfterMs: number }> {
  try {
    const { data } = (await response.json()) as { data: { accessToken: string; expiresIn: number } }
    if (typeof data.accessToken === 'string' && data.expiresIn > 0) {
      const token = { value: data.accessToken, expiresAt: Date.now() + data.expiresIn * 1000 }
      return { outcome: 'token', token }
    }
  } catch {}
  return { outcome: 'unavailable', retryAfterMs: retryAfterMs(response, retryAfterS) }
}

/** Whether no cookie was sent, so that no session has ended. */
async function isMissing(response: Response): Promise<boolean> {
  const body = await response.text().catch(() => '')
  return /missing|required/i.test(body)
}

const retryAfterMs = (response: Response | undefined, fallbackS: number): number =>
  1000 * (Number(response?.headers.get('retry-after')) || fallbackS)
