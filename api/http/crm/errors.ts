import { z } from '@hono/zod-openapi'
import type { RefusalCode } from '../../core/refusal.ts'
import { type Refusals, type Speech, says, unsaid } from '../errors.ts'
import { as, refusing, TOKEN_FLAWS } from '../openapi.ts'

export const Refused = z.object({ message: z.string() }).openapi('CrmError')

/** The guide, "Error Responses": one member, `message`; expired and ended read the same as invalid. */
const refusals: Refusals = {
  ...unsaid,
  token_missing: says(401, 'Missing authorization header'),
  token_invalid: says(401, 'Invalid token'),
  token_expired: says(401, 'Invalid token'),
  token_revoked: says(401, 'Invalid token'),
  token_wrong_kind: says(401, 'Invalid token'),
  forbidden: says(403, 'Insufficient permissions'),
  credentials_missing: says(401, 'Invalid credentials'),
  credentials_wrong: says(401, 'Invalid credentials'),
  throttled: says(429, 'Too many requests'),
  input_invalid: says(400, 'Invalid request'),
  input_too_large: says(413, 'Request too large'),
  not_found: says(404, 'Not found'),
  taken: says(409, 'Already exists'),
  conflict: says(409, 'Not possible now'),
  stale: says(412, 'Changed by somebody else meanwhile: read it again'),
  unavailable: says(503, 'Temporarily unavailable'),
  internal: says(500, 'Internal server error'),
}

/** Which refusals are worded by what was wrong, where that is known. */
const TELLING: readonly RefusalCode[] = [
  'forbidden',
  'throttled',
  'input_invalid',
  'not_found',
  'conflict',
  'taken',
  'dial_denied',
  'not_supported',
]

/** What the stores of users say is taken. */
const TAKEN: Readonly<Record<string, string>> = {
  username: 'Username already exists',
  extension: 'Extension already exists',
  email: 'Email already exists',
}

export const speech: Speech = {
  refusals,
  body({ text }, { code, detail }) {
    const told = detail !== undefined && TELLING.includes(code) ? detail : text
    return as(Refused, { message: code === 'taken' ? (TAKEN[told] ?? told) : told })
  },
}

const no = refusing(speech, Refused)
/** Refusals of an operation that anybody may ask for. */
export const refusesAnybody = (...codes: readonly RefusalCode[]) => no(codes)
/** Refusals of an operation behind the door; `more` beside those of the token and the role. */
export const refuses = (...more: readonly RefusalCode[]) => no([...TOKEN_FLAWS, 'forbidden', ...more])
