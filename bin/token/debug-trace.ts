import { cookiesIn } from './cookie.ts'
import { REDACTED, type RedactingOutput } from './redacting-output.ts'
import type { ApiRequest, ApiResponse } from './transport.ts'

/** Names of what must not be shown, in a form or in JSON. */
const SECRET = /pass|secret|token|cookie|session|jwt|api_?key|authorization/i
const HARMLESS = /^token_?type$/i
const isSecretName = (name: string) => SECRET.test(name) && !HARMLESS.test(name)

/** Headers that are printed; others may hold secrets. */
const TRACED_HEADERS = ['content-type', 'content-length', 'date', 'server', 'retry-after', 'www-authenticate']
const MAX_TRACED_LENGTH = 2_000

/** A request as `--debug` shows it: the password of its form, its token and its cookies struck out. */
export function traceRequest(
  voice: RedactingOutput,
  origin: string,
  { path, headers, body }: ApiRequest,
): void {
  voice.debug(`> POST ${origin}${path}`)
  for (const [name, value] of Object.entries(headers)) {
    const shown = { authorization: `Bearer ${REDACTED}`, cookie: `refreshToken=${REDACTED}` }[
      name.toLowerCase()
    ]
    voice.debug(`> ${name}: ${shown ?? value}`)
  }
  if (body === '') return
  const fields = [...new URLSearchParams(body)].map(
    ([name, value]) => `${name}=${isSecretName(name) ? REDACTED : encodeURIComponent(value)}`,
  )
  voice.debug(`> ${fields.join('&')}`)
}

/** A response as `--debug` shows it. What is secret in it is hidden from all later lines as well. */
export function traceResponse(voice: RedactingOutput, answer: ApiResponse): void {
  const body = parseJson(answer.text)
  const cookies = cookiesIn(answer.headers['set-cookie'])
  for (const { value } of cookies) voice.addSecret(value)
  const shownBody = body === undefined ? redactText(answer.text) : JSON.stringify(redactJson(body, voice))

  voice.debug(`< ${answer.status}`)
  for (const name of TRACED_HEADERS) {
    const value = answer.headers[name]
    if (value !== undefined) voice.debug(`< ${name}: ${value}`)
  }
  const { location } = answer.headers
  if (typeof location === 'string') voice.debug(`< location: ${withoutQuery(location)}`)
  for (const { name, attributes } of cookies) {
    voice.debug(`< set-cookie: ${[`${name}=${REDACTED}`, ...attributes].join('; ')}`)
  }
  if (shownBody !== '') voice.debug(`< ${shownBody.slice(0, MAX_TRACED_LENGTH)}`)
}

/** Where a redirect leads, without what may be a secret. */
export function withoutQuery(location: string): string {
  return location.replace(/[?#].*$/s, '').replace(/\/\/[^/@]*@/, '//')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function redactJson(value: unknown, voice: RedactingOutput, secret = false): unknown {
  if (Array.isArray(value)) return value.map((one) => redactJson(one, voice, secret))
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(
      Object.entries(value).map(([name, one]) => [
        name,
        redactJson(one, voice, secret || isSecretName(name)),
      ]),
    )
  }
  if (!secret) return value
  if (typeof value === 'string') voice.addSecret(value)
  return value === null || typeof value === 'boolean' ? value : REDACTED
}

/** What is no JSON has no names to go by: whatever may be a token is struck. */
const redactText = (text: string) => text.slice(0, MAX_TRACED_LENGTH).replace(/[\w+/=%.~-]{16,}/g, REDACTED)
