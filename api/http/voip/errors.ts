import type { z } from '@hono/zod-openapi'
import type { Refusal, RefusalCode } from '../../core/refusal.ts'
import { defaultTexts, type ErrorFormat, type ErrorTable, type ErrorText, errorText } from '../errors.ts'
import { createErrorResponses } from '../openapi.ts'
import { ErrorJson } from './responses.ts'

/** VoIP backend, its middleware and handlers: `{error}`. */
const errorTable: ErrorTable = {
  ...defaultTexts,
  token_missing: errorText(401, 'Authorization header required'),
  token_invalid: errorText(401, 'Invalid token: token is not valid'),
  token_expired: errorText(401, 'Invalid token: token has expired'),
  token_revoked: errorText(401, 'Invalid token: session has ended'),
  token_wrong_kind: errorText(401, 'Invalid token: not an access token of this API'),
  forbidden: errorText(403, 'Access denied'),
  credentials_missing: errorText(400, 'Username and password are required'),
  credentials_wrong: errorText(401, 'Invalid credentials'),
  throttled: errorText(429, 'Too many requests'),
  input_invalid: errorText(400, 'Invalid request'),
  input_too_large: errorText(413, 'Request too large'),
  not_found: errorText(404, 'Not found'),
  taken: errorText(409, 'Username already exists'),
  conflict: errorText(409, 'The call is not in a state for it'),
  unavailable: errorText(503, 'Temporarily unavailable'),
  internal: errorText(500, 'Internal server error'),
}

export const adminErrors = { forbidden: errorText(403, 'Admin access required') }
export const registerErrors = { forbidden: errorText(403, 'Registration is closed') }

/** These refusals answer with their detail, if they have one, instead of the text. */
const EXPOSES_DETAIL: readonly RefusalCode[] = [
  'token_missing',
  'forbidden',
  'input_invalid',
  'not_found',
  'conflict',
  'dial_denied',
  'not_supported',
  'throttled',
]
const TAKEN_TEXTS: Record<string, string> = {
  username: 'Username already exists',
  extension: 'Extension already exists',
  email: 'Email already exists',
}

/** @returns the document's text for a refusal, or the refusal's own detail */
export function refusalMessage({ text }: ErrorText, { code, detail }: Refusal): string {
  if (detail === undefined) return text
  if (code === 'taken') return TAKEN_TEXTS[detail] ?? text
  return EXPOSES_DETAIL.includes(code) ? detail : text
}

export const voipErrorFormat: ErrorFormat = {
  table: errorTable,
  body: (errorText, refusal): z.infer<typeof ErrorJson> => ({ error: refusalMessage(errorText, refusal) }),
}
export const errorResponses = createErrorResponses(voipErrorFormat, ErrorJson)
