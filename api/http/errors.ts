import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'
import type { z } from 'zod'
import { CHALLENGE_INVALID_TOKEN, CHALLENGE_MISSING_TOKEN } from '../../contract/bearer.ts'
import type { Logger } from '../../runtime/log.ts'
import { validationMessage } from '../../runtime/validation-message.ts'
import { Refusal, type RefusalCode } from '../core/refusal.ts'
import { omitOptionalNulls } from '../core/values/omit-optional-nulls.ts'
import { readForm } from './form-body.ts'
import { DEFAULT_JSON_LIMITS, type JsonLimits, readJsonValue } from './json-body.ts'

/** How a surface reports one refusal: a status and the text of its document. */
export interface ErrorText {
  status: ContentfulStatusCode
  text: string
  /** `WWW-Authenticate` of a 401 that does not ask for a bearer token. */
  challenge?: string
}

/** A text for every refusal: a missing row does not compile. */
export type ErrorTable = Readonly<Record<RefusalCode, ErrorText>>

export const errorText = (status: ContentfulStatusCode, text: string, challenge?: string): ErrorText => ({
  status,
  text,
  ...(challenge === undefined ? {} : { challenge }),
})

/** Texts for refusals that the documents of the surfaces do not mention. */
export const defaultTexts = {
  second_factor_required: errorText(
    403,
    'This account signs in with a second factor: use an app password here',
  ),
  password_change_required: errorText(403, 'The password must be changed first: sign in to the console'),
  stale: errorText(412, 'Changed meanwhile'),
  conflict: errorText(409, 'Conflict'),
  key_reused: errorText(422, 'Idempotency-Key reused'),
  dial_denied: errorText(403, 'Call not allowed'),
  unknown_number: errorText(404, 'Unknown number'),
  not_supported: errorText(501, 'Not supported'),
  unconfirmed: errorText(504, 'Not confirmed by the PBX'),
}

/** Refusals of a login with a right password: a page for sign-in can continue with what is missing. */
export const SIGN_IN_STEPS = [
  'password_change_required',
  'second_factor_required',
] as const satisfies readonly RefusalCode[]

/** Texts that a route has instead of its surface's. */
export type ErrorOverrides = Partial<ErrorTable>

/** The client's address, which nginx sets; the API listens on a socket that only nginx can reach. */
export const clientAddress = (c: Context): string => c.req.header('x-real-ip') ?? 'unknown'

/** What a session records of the client that opens it. */
export const sessionClient = (c: Context) => ({
  address: clientAddress(c),
  userAgent: c.req.header('user-agent') ?? '',
})

/** Refusals of a token that was sent; with any other 401 the client sent none, or a password. */
const INVALID_TOKEN_ERRORS: readonly RefusalCode[] = [
  'token_invalid',
  'token_expired',
  'token_revoked',
  'token_wrong_kind',
]

/**
 * `WWW-Authenticate` of a 401; undefined for any other status.
 * @see RFC 9110 §15.5.2: a 401 must have it, RFC 6750 §3: `error` only where a token was sent
 */
export function wwwAuthenticateFor({ status, challenge }: ErrorText, code: RefusalCode): string | undefined {
  if (status !== 401) return undefined
  return (
    challenge ?? (INVALID_TOKEN_ERRORS.includes(code) ? CHALLENGE_INVALID_TOKEN : CHALLENGE_MISSING_TOKEN)
  )
}

/** Adds the header to a 401 that no surface formatted. */
export function ensureChallenge(headers: Headers): void {
  if (!headers.has('WWW-Authenticate')) headers.set('WWW-Authenticate', CHALLENGE_MISSING_TOKEN)
}

/** How a surface formats errors: its texts, the body around a text, and the body's media type. */
export interface ErrorFormat {
  table: ErrorTable
  body(text: ErrorText, refusal: Refusal): object
  contentType?: string
}

/** Answers an error that a route threw. An unexpected one becomes `internal`: logged in full, without details for the client. */
export function sendError(
  c: Context,
  err: unknown,
  { table, body, contentType }: ErrorFormat,
  log: Logger,
): Response {
  const refusal = refusalFromError(err)
  if (refusal.code === 'internal' || refusal.code === 'unavailable') {
    const level = refusal.code === 'internal' ? 'error' : 'warn'
    log[level]({ event: 'request_failed', path: c.req.path, err: refusal.cause ?? refusal }, 'request failed')
  }
  const overrides = c.get('errorOverrides') as ErrorOverrides | undefined // set by `guard` or by a route
  const text = overrides?.[refusal.code] ?? table[refusal.code]
  const challenge = wwwAuthenticateFor(text, refusal.code)
  if (challenge !== undefined) c.header('WWW-Authenticate', challenge)
  if (refusal.retryAfter !== undefined) c.header('Retry-After', String(refusal.retryAfter))
  c.header('Cache-Control', 'no-store')
  return c.json(
    body(text, refusal),
    text.status,
    contentType === undefined ? {} : { 'Content-Type': contentType },
  )
}

/** Hono's own exceptions below 500 are client errors: it could not read the request. */
function refusalFromError(err: unknown): Refusal {
  if (err instanceof Refusal) return err
  if (!(err instanceof HTTPException) || err.status >= 500) return new Refusal('internal', { cause: err })
  const detail = err.status === 415 ? 'Content-Type must be application/json' : 'the body is not JSON'
  return new Refusal('input_invalid', { detail })
}

/**
 * Reads a JSON body through a schema.
 * @throws {Refusal} `input_invalid` for anything but JSON of that shape and within the limits
 */
export async function readJson<T extends z.ZodType>(
  c: Context,
  schema: T,
  limits: JsonLimits = DEFAULT_JSON_LIMITS,
): Promise<z.output<T>> {
  if (!hasJsonContentType(c))
    throw new Refusal('input_invalid', { detail: 'Content-Type must be application/json' })
  return validateInput(schema, await readJsonValue(c, limits), 'the body')
}

/** Reads a body of JSON or of a form, as `readJson` does. */
export async function readBody<T extends z.ZodType>(c: Context, schema: T): Promise<z.output<T>> {
  return validateInput(
    schema,
    hasJsonContentType(c) ? await readJsonValue(c, DEFAULT_JSON_LIMITS) : await readForm(c),
    'the body',
  )
}

/** Reads the query through a schema, as `readJson` does a body. */
export function readQuery<T extends z.ZodType>(c: Context, schema: T): z.output<T> {
  return validateInput(schema, c.req.query(), 'the query')
}

/** Reads headers through a schema, which names them in lower case. */
export function readHeaders<T extends z.ZodType>(c: Context, schema: T): z.output<T> {
  return validateInput(schema, c.req.header(), 'the headers')
}

const hasJsonContentType = (c: Context) =>
  /^application\/(json|[\w.-]+\+json)\s*(;|$)/i.test(c.req.header('content-type') ?? '')

/**
 * Reads a value through a schema. An optional member may also be null.
 * @param whole what the value is called in a refusal
 * @throws {Refusal} `input_invalid`, which names each invalid member
 */
export function validateInput<T extends z.ZodType>(schema: T, value: unknown, whole: string): z.output<T> {
  const result = schema.safeParse(omitOptionalNulls(schema, value))
  if (result.success) return result.data
  throw new Refusal('input_invalid', { detail: validationMessage(result.error, { subject: whole }) })
}
