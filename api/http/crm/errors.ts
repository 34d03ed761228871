import { z } from '@hono/zod-openapi'
import type { RefusalCode } from '../../core/refusal.ts'
import { defaultTexts, type ErrorFormat, type ErrorTable, errorText } from '../errors.ts'
import { createErrorResponses, GUARD_ERRORS, typedAs } from '../openapi.ts'

const ErrorJson = z.object({ message: z.string() }).openapi('CrmError')

/** The guide, "Error Responses": one member, `message`; an expired or revoked token reads the same as an invalid one. */
const errorTable: ErrorTable = {
  ...defaultTexts,
  token_missing: errorText(401, 'Missing authorization header'),
  token_invalid: errorText(401, 'Invalid token'),
  token_expired: errorText(401, 'Invalid token'),
  token_revoked: errorText(401, 'Invalid token'),
  token_wrong_kind: errorText(401, 'Invalid token'),
  forbidden: errorText(403, 'Insufficient permissions'),
  credentials_missing: errorText(401, 'Invalid credentials'),
  credentials_wrong: errorText(401, 'Invalid credentials'),
  throttled: errorText(429, 'Too many requests'),
  input_invalid: errorText(400, 'Invalid request'),
  input_too_large: errorText(413, 'Request too large'),
  not_found: errorText(404, 'Not found'),
  taken: errorText(409, 'Already exists'),
  conflict: errorText(409, 'Not possible now'),
  stale: errorText(412, 'Changed by somebody else meanwhile: read it again'),
  unavailable: errorText(503, 'Temporarily unavailable'),
  internal: errorText(500, 'Internal server error'),
}

/** Refusals that are answered with their `detail`, if they have one. */
const EXPOSES_DETAIL: readonly RefusalCode[] = [
  'forbidden',
  'throttled',
  'input_invalid',
  'not_found',
  'conflict',
  'taken',
  'dial_denied',
  'not_supported',
]

/** Messages of `taken`, by the member that the user store names in `detail`. */
const TAKEN_TEXTS: Readonly<Record<string, string>> = {
  username: 'Username already exists',
  extension: 'Extension already exists',
  email: 'Email already exists',
}

export const crmErrorFormat: ErrorFormat = {
  table: errorTable,
  body({ text }, { code, detail }) {
    const message = detail !== undefined && EXPOSES_DETAIL.includes(code) ? detail : text
    return typedAs(ErrorJson, { message: code === 'taken' ? (TAKEN_TEXTS[message] ?? message) : message })
  },
}

/** Error responses by code, with what the route words otherwise. */
export const errorResponses = createErrorResponses(crmErrorFormat, ErrorJson)
/** Error responses of an operation that needs no token. */
export const publicErrors = (...codes: readonly RefusalCode[]) => errorResponses(codes)
/** Error responses of an operation that needs a token: those of token and role, and `more`. */
export const guardedErrors = (...more: readonly RefusalCode[]) =>
  errorResponses([...GUARD_ERRORS, 'forbidden', ...more])
