import { cookiesIn } from './cookie.ts'
import { STRUCK, type Voice } from './redacting-output.ts'
import type { Answer, Call } from './transport.ts'

/** Names of what must not be shown, in a form or in JSON. */
const SECRET = /pass|secret|token|cookie|session|jwt|api_?key|authorization/i
const HARMLESS = /^token_?type$/i
const isSecret = (name: string) => SECRET.test(name) && !HARMLESS.test(name)

/** Headers that tell something; others may hold anything, and stay unsaid. */
const SHOWN = ['content-type', 'content-length', 'date', 'server', 'retry-after', 'www-authenticate']
const LONGEST = 2_000

/** A request as `--debug` shows it: the password of its form, its token and its cookies struck out. */
export function tellCall(voice: Voice, origin: string, { path, headers, body }: Call): void {
  voice.debug(`> POST ${origin}${path}`)
  for (const [name, value] of Object.entries(headers)) {
    const shown = { authorization: `Bearer ${STRUCK}`, cookie: `refreshToken=${STRUCK}` }[name.toLowerCase()]
    voice.debug(`> ${name}: ${shown ?? value}`)
  }
  if (body === '') return
  const fields = [...new URLSearchParams(body)].map(
    ([name, value]) => `${name}=${isSecret(name) ? STRUCK : encodeURIComponent(value)}`,
  )
  voice.debug(`> ${fields.join('&')}`)
}

/** A response as `--debug` shows it. What is secret in it is hidden from all later lines as well. */
export function tellAnswer(voice: Voice, answer: Answer): void {
  const body = parsed(answer.text)
  const cookies = cookiesIn(answer.headers['set-cookie'])
  for (const { value } of cookies) voice.hide(value)
  const shownBody = body === undefined ? unparsed(answer.text) : JSON.stringify(struck(body, voice))

  voice.debug(`< ${answer.status}`)
  for (const name of SHOWN) {
    const value = answer.headers[name]
    if (value !== undefined) voice.debug(`< ${name}: ${value}`)
  }
  const { location } = answer.headers
  if (typeof location === 'string') voice.debug(`< location: ${withoutQuery(location)}`)
  for (const { name, attributes } of cookies) {
    voice.debug(`< set-cookie: ${[`${name}=${STRUCK}`, ...attributes].join('; ')}`)
  }
  if (shownBody !== '') voice.debug(`< ${shownBody.slice(0, LONGEST)}`)
}

/** Where a redirect leads, without what may be a secret. */
export function withoutQuery(location: string): string {
  return location.replace(/[?#].*$/s, '').replace(/\/\/[^/@]*@/, '//')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function struck(value: unknown, voice: Voice, secret = false): unknown {
  if (Array.isArray(value)) return value.map((one) => struck(one, voice, secret))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [name, struck(one, voice, secret || isSecret(name))]),
    )
  }
  if (!secret) return value
  if (typeof value === 'string') voice.hide(value)
  return value === null || typeof value === 'boolean' ? value : STRUCK
}

/** What is no JSON has no names to go by: whatever may be a token is struck. */
const unparsed = (text: string) => text.slice(0, LONGEST).replace(/[\w+/=%.~-]{16,}/g, STRUCK)
