import { z } from 'zod'
import type { Refusal, RefusalCode } from '../../core/refusal.ts'
import { type Refusals, type Speech, says, unsaid, type Words } from '../errors.ts'

/** VoIP Onboarding, a FastAPI service: `{detail}`. */
const refusals: Refusals = {
  ...unsaid,
  token_missing: says(401, 'Not authenticated'),
  token_invalid: says(401, 'Could not validate credentials'),
  token_expired: says(401, 'Could not validate credentials'),
  token_revoked: says(401, 'Could not validate credentials'),
  token_wrong_kind: says(401, 'Could not validate credentials'),
  forbidden: says(403, 'Forbidden'),
  credentials_missing: says(401, 'Incorrect email or password'),
  credentials_wrong: says(401, 'Incorrect email or password'),
  throttled: says(429, 'Too many attempts, try again later'),
  input_invalid: says(422, 'Unprocessable Entity'),
  input_too_large: says(413, 'Request too large'),
  not_found: says(404, 'Not Found'),
  taken: says(409, 'Email already registered'),
  unavailable: says(503, 'Temporarily unavailable, try again later'),
  internal: says(500, 'Internal Server Error'),
}

/** Which refusals are worded by what was wrong, where that is known. */
const TELLING: readonly RefusalCode[] = ['forbidden', 'input_invalid', 'not_found', 'unavailable']

/** FastAPI's list, member by member; never what was sent, which may be a password. */
const listOf = ({ issues }: z.ZodError) =>
  issues
    .filter(({ path }, at) => issues.findIndex((one) => one.path.join() === path.join()) === at)
    .slice(0, MOST_ERRORS)
    .map(({ path, message, code }) => ({ loc: ['body', ...path], msg: message, type: code }))

const MOST_ERRORS = 20

const body = ({ text }: Words, { code, detail, cause }: Refusal) => {
  if (cause instanceof z.ZodError) return { detail: listOf(cause) }
  return { detail: detail !== undefined && TELLING.includes(code) ? detail : text }
}

export const speech: Speech = { refusals, body }
