import type { Refusal, RefusalCode } from '../../core/refusal.ts'
import { type Refusals, type Speech, says, unsaid, type Words } from '../errors.ts'
import { as } from '../openapi.ts'
import { Refused } from './responses.ts'

/** VoIP backend, its middleware and handlers: `{error}`. */
const refusals: Refusals = {
  ...unsaid,
  token_missing: says(401, 'Authorization header required'),
  token_invalid: says(401, 'Invalid token: token is not valid'),
  token_expired: says(401, 'Invalid token: token has expired'),
  token_revoked: says(401, 'Invalid token: session has ended'),
  token_wrong_kind: says(401, 'Invalid token: not an access token of this API'),
  forbidden: says(403, 'Access denied'),
  credentials_missing: says(400, 'Username and password are required'),
  credentials_wrong: says(401, 'Invalid credentials'),
  throttled: says(429, 'Too many requests'),
  input_invalid: says(400, 'Invalid request'),
  input_too_large: says(413, 'Request too large'),
  not_found: says(404, 'Not found'),
  taken: says(409, 'Username already exists'),
  conflict: says(409, 'The call is not in a state for it'),
  unavailable: says(503, 'Temporarily unavailable'),
  internal: says(500, 'Internal server error'),
}

export const adminWording = { forbidden: says(403, 'Admin access required') }
export const registerWording = { forbidden: says(403, 'Registration is closed') }

/** Which refusals are worded by what was wrong, where that is known. */
const TELLING: readonly RefusalCode[] = [
  'token_missing',
  'forbidden',
  'input_invalid',
  'not_found',
  'conflict',
  'dial_denied',
  'not_supported',
  'throttled',
]
const TAKEN: Record<string, string> = {
  username: 'Username already exists',
  extension: 'Extension already exists',
  email: 'Email already exists',
}

/** @returns the document's words for a refusal, or what it says of itself */
export function textOf({ text }: Words, { code, detail }: Refusal): string {
  if (detail === undefined) return text
  if (code === 'taken') return TAKEN[detail] ?? text
  return TELLING.includes(code) ? detail : text
}

export const speech: Speech = {
  refusals,
  body: (words, refusal) => as(Refused, { error: textOf(words, refusal) }),
}
