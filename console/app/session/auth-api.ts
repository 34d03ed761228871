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
/** What a right password is answered with where the account needs a second factor. */
export interface FactorChallenge {
  challenge: string
  methods: readonly ('totp' | 'passkey' | 'recovery_code')[]
  /** A factor must be added first. */
  enrol: boolean
}
export type LoginResult =
  | { outcome: 'token'; token: AccessToken }
  | { outcome: 'second_factor'; challenge: FactorChallenge }
  | { outcome: 'wrong' | 'invalid' | 'password_change' }
  | { outcome: 'throttled' | 'unavailable'; retryAfterMs: number }

/** Name and password, or the ticket that another way to sign in ended with. */
export type SignInRequest = { rememberMe: boolean } & (
  | { login: string; password: string }
  | { sessionToken: string }
)

export async function login(request: SignInRequest): Promise<LoginResult> {
  if ('sessionToken' in request) return openSession(request)
  const { rememberMe, ...credentials } = request
  const response = await post('/api/v1/sign-in/password', credentials)
  if (response?.status !== 200 && response?.status !== 403) return refusedLogin(response)
  const body = (await response.json().catch(() => ({}))) as Partial<FactorChallenge> & {
    code?: string
    session_token?: string
  } // as the document has it
  if (body.session_token !== undefined) return openSession({ sessionToken: body.session_token, rememberMe })
  if (body.code === 'password_change_required') return { outcome: 'password_change' }
  const { challenge, methods = [], enrol = false } = body
  if (challenge === undefined) return { outcome: 'wrong' }
  return { outcome: 'second_factor', challenge: { challenge, methods, enrol } }
}

/** Exchanges what a completed sign-in ends with for the session. */
async function openSession(ticket: { sessionToken: string; rememberMe: boolean }): Promise<LoginResult> {
  const response = await post(`${PREFIX}/auth:login`, ticket)
  return response?.status === 200 ? withToken(response, 2) : refusedLogin(response)
}

function refusedLogin(response: Response | undefined): LoginResult {
  switch (response?.status) {
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
  const response = await post(`${PREFIX}/auth:refresh`)
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
  const response = await post(`${PREFIX}/auth:logout`, undefined, token)
  return response?.status === 200 || response?.status === 401
}

async function post(path: string, body?: unknown, token?: string): Promise<Response | undefined> {
  try {
    return await fetch(path, {
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
