import { refreshCookieIn } from './cookie.ts'
import { withoutQuery } from './debug-trace.ts'
import { TokenCommandError } from './errors.ts'
import type { RedactingOutput } from './redacting-output.ts'
import type { SendWithRetry } from './send-with-retry.ts'
import type { CachedToken } from './token-cache.ts'
import type { ApiResponse } from './transport.ts'
import { errorsIn, parseEnvelope, TokenData, tokenExpiry } from './wire.ts'

/** The server's refusal of something kept, in its own words. */
export interface ServerRefusal {
  reason: string
}

/** The three routes of the document. Each throws {TokenFailure} for what no login can mend. */
export interface TokenApi {
  login(password: string): Promise<CachedToken>
  /** The next token for a refresh cookie. */
  refresh(cookie: string): Promise<CachedToken | ServerRefusal>
  logout(kept: CachedToken): Promise<ServerRefusal | undefined>
}

export interface ApiNeeds {
  send: SendWithRetry
  base: string
  login: string
  output: Pick<RedactingOutput, 'addSecret'>
  now: () => number
}

const HEADERS = { Accept: 'application/json', 'User-Agent': 'hookswitch-token' }
const FORM = { ...HEADERS, 'Content-Type': 'application/x-www-form-urlencoded' }
/** MikoPBX answers 422 where it has no better status. */
const REFUSAL_STATUSES = [200, 403, 422]
const cookieOf = (cookie: string) => ({ Cookie: `refreshToken=${cookie}` })

export function createTokenApi({ send, base, login, output, now }: ApiNeeds): TokenApi {
  const { pathname } = new URL(base)
  const post = async (verb: string, headers: Record<string, string>, body = '') =>
    requireApiResponse(
      verb,
      await send({ path: `${pathname.replace(/\/$/, '')}/auth:${verb}`, headers, body }),
    )

  /** Whatever is no answer of this API, refusals included, ends here. */
  function requireApiResponse(verb: string, answer: ApiResponse): ApiResponse {
    const { status, headers, text } = answer
    const unexpectedResponse = (what: string) =>
      new TokenCommandError('nonsense', `${what}: check MIKOPBX_API_URL (${base})`)
    if (status >= 300 && status < 400) {
      throw unexpectedResponse(
        `the server sends us on to ${withoutQuery(String(headers.location))} (${status}), not followed`,
      )
    }
    if (status === 401) return answer
    const envelope = parseEnvelope(text)
    if (envelope === undefined)
      throw unexpectedResponse(`the answer is not of this API (${status}, no JSON of its kind)`)
    if (envelope.result && status === 200) return answer
    if ((verb === 'login' ? REFUSAL_STATUSES : [...REFUSAL_STATUSES, 400, 404]).includes(status))
      return answer
    const words = errorsIn(envelope)
    throw unexpectedResponse(`the API failed with ${status}${words === '' ? '' : ` ("${words}")`}`)
  }

  /** Undefined where the server refuses. */
  function toCachedToken(
    { text, headers }: ApiResponse,
    askedAt: number,
    cookie: string | undefined,
  ): CachedToken | undefined {
    const envelope = parseEnvelope(text)
    if (envelope === undefined || !envelope.result) return undefined
    const data = TokenData.safeParse(envelope.data).data
    if (data === undefined) {
      throw new TokenCommandError(
        'nonsense',
        `the answer holds no access token: check MIKOPBX_API_URL (${base})`,
      )
    }
    const next = refreshCookieIn(headers['set-cookie'])
    const refreshCookie = next === null ? undefined : (next ?? cookie)
    output.addSecret(data.accessToken)
    output.addSecret(refreshCookie)
    return {
      url: base,
      login,
      accessToken: data.accessToken,
      obtainedAt: askedAt,
      endsAt: tokenExpiry(data.accessToken, askedAt, data.expiresIn) ?? askedAt,
      ...(refreshCookie === undefined ? {} : { cookie: refreshCookie }),
    }
  }
  const refusalText = ({ text, status }: ApiResponse) => errorsIn(parseEnvelope(text)) || `status ${status}`

  return {
    async login(password) {
      const askedAt = now()
      const body = new URLSearchParams({ login, password, rememberMe: 'false' }).toString()
      const answer = await post('login', FORM, body)
      const kept = answer.status === 200 ? toCachedToken(answer, askedAt, undefined) : undefined
      if (kept !== undefined) return kept
      throw new TokenCommandError(
        'credentials',
        `invalid credentials ("${refusalText(answer)}"): check MIKOPBX_LOGIN (${login}) and MIKOPBX_PASSWORD`,
      )
    },

    async refresh(cookie) {
      const askedAt = now()
      const answer = await post('refresh', { ...HEADERS, ...cookieOf(cookie) })
      const kept = answer.status === 200 ? toCachedToken(answer, askedAt, cookie) : undefined
      return kept ?? { reason: refusalText(answer) }
    },

    async logout({ accessToken, cookie }) {
      const bearer = { Authorization: `Bearer ${accessToken}` }
      const answer = await post('logout', { ...HEADERS, ...bearer, ...(cookie ? cookieOf(cookie) : {}) })
      return answer.status === 200 && parseEnvelope(answer.text)?.result
        ? undefined
        : { reason: refusalText(answer) }
    },
  }
}
