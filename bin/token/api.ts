import { refreshCookieIn } from './cookie.ts'
import { withoutQuery } from './debug-trace.ts'
import { TokenFailure } from './errors.ts'
import type { Voice } from './redacting-output.ts'
import type { Ask } from './send-with-retry.ts'
import type { Kept } from './token-cache.ts'
import type { Answer } from './transport.ts'
import { endOf, envelopeOf, errorsIn, Given } from './wire.ts'

/** The server's refusal of something kept, in its own words. */
export interface Refused {
  refused: string
}

/** The three routes of the document. Each throws {TokenFailure} for what no login can mend. */
export interface Api {
  login(password: string): Promise<Kept>
  /** The next token for a refresh cookie. */
  renew(cookie: string): Promise<Kept | Refused>
  logout(kept: Kept): Promise<Refused | undefined>
}

export interface ApiNeeds {
  ask: Ask
  base: string
  login: string
  voice: Pick<Voice, 'hide'>
  now: () => number
}

const HEADERS = { Accept: 'application/json', 'User-Agent': 'hookswitch-token' }
const FORM = { ...HEADERS, 'Content-Type': 'application/x-www-form-urlencoded' }
/** MikoPBX says 422 where it has no better status. */
const REFUSALS = [200, 403, 422]
const cookieOf = (cookie: string) => ({ Cookie: `refreshToken=${cookie}` })

export function createApi({ ask, base, login, voice, now }: ApiNeeds): Api {
  const { pathname } = new URL(base)
  const post = async (verb: string, headers: Record<string, string>, body = '') =>
    checked(verb, await ask({ path: `${pathname.replace(/\/$/, '')}/auth:${verb}`, headers, body }))

  /** Whatever is no answer of this API, refusals included, ends here. */
  function checked(verb: string, answer: Answer): Answer {
    const { status, headers, text } = answer
    const nonsense = (what: string) =>
      new TokenFailure('nonsense', `${what}: check MIKOPBX_API_URL (${base})`)
    if (status >= 300 && status < 400) {
      throw nonsense(
        `the server sends us on to ${withoutQuery(String(headers.location))} (${status}), not followed`,
      )
    }
    if (status === 401) return answer
    const envelope = envelopeOf(text)
    if (envelope === undefined)
      throw nonsense(`the answer is not of this API (${status}, no JSON of its kind)`)
    if (envelope.result && status === 200) return answer
    if ((verb === 'login' ? REFUSALS : [...REFUSALS, 400, 404]).includes(status)) return answer
    const words = errorsIn(envelope)
    throw nonsense(`the API failed with ${status}${words === '' ? '' : ` ("${words}")`}`)
  }

  /** Undefined where the server says no. */
  function given({ text, headers }: Answer, askedAt: number, cookie: string | undefined): Kept | undefined {
    const envelope = envelopeOf(text)
    if (envelope === undefined || !envelope.result) return undefined
    const data = Given.safeParse(envelope.data).data
    if (data === undefined) {
      throw new TokenFailure('nonsense', `the answer holds no access token: check MIKOPBX_API_URL (${base})`)
    }
    const next = refreshCookieIn(headers['set-cookie'])
    const kept = next === null ? undefined : (next ?? cookie)
    voice.hide(data.accessToken)
    voice.hide(kept)
    return {
      url: base,
      login,
      accessToken: data.accessToken,
      obtainedAt: askedAt,
      endsAt: endOf(data.accessToken, askedAt, data.expiresIn) ?? askedAt,
      ...(kept === undefined ? {} : { cookie: kept }),
    }
  }
  const wordsOf = ({ text, status }: Answer) => errorsIn(envelopeOf(text)) || `status ${status}`

  return {
    async login(password) {
      const askedAt = now()
      const body = new URLSearchParams({ login, password, rememberMe: 'false' }).toString()
      const answer = await post('login', FORM, body)
      const kept = answer.status === 200 ? given(answer, askedAt, undefined) : undefined
      if (kept !== undefined) return kept
      throw new TokenFailure(
        'credentials',
        `invalid credentials ("${wordsOf(answer)}"): check MIKOPBX_LOGIN (${login}) and MIKOPBX_PASSWORD`,
      )
    },

    async renew(cookie) {
      const askedAt = now()
      const answer = await post('refresh', { ...HEADERS, ...cookieOf(cookie) })
      const kept = answer.status === 200 ? given(answer, askedAt, cookie) : undefined
      return kept ?? { refused: wordsOf(answer) }
    },

    async logout({ accessToken, cookie }) {
      const bearer = { Authorization: `Bearer ${accessToken}` }
      const answer = await post('logout', { ...HEADERS, ...bearer, ...(cookie ? cookieOf(cookie) : {}) })
      return answer.status === 200 && envelopeOf(answer.text)?.result
        ? undefined
        : { refused: wordsOf(answer) }
    },
  }
}
