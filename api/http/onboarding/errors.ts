import { z } from 'zod'
import type { Refusal, RefusalCode } from '../../core/refusal.ts'
import { defaultTexts, type ErrorFormat, type ErrorTable, type ErrorText, errorText } from '../errors.ts'

/** VoIP Onboarding, a FastAPI service: `{detail}`. */
const errorTable: ErrorTable = {
  ...defaultTexts,
  token_missing: errorText(401, 'Not authenticated'),
  token_invalid: errorText(401, 'Could not validate credentials'),
  token_expired: errorText(401, 'Could not validate credentials'),
  token_revoked: errorText(401, 'Could not validate credentials'),
  token_wrong_kind: errorText(401, 'Could not validate credentials'),
  forbidden: errorText(403, 'Forbidden'),
  credentials_missing: errorText(401, 'Incorrect email or password'),
  credentials_wrong: errorText(401, 'Incorrect email or password'),
  throttled: errorText(429, 'Too many attempts, try again later'),
  input_invalid: errorText(422, 'Unprocessable Entity'),
  input_too_large: errorText(413, 'Request too large'),
  not_found: errorText(404, 'Not Found'),
  taken: errorText(409, 'Email already registered'),
  unavailable: errorText(503, 'Temporarily unavailable, try again later'),
  internal: errorText(500, 'Internal Server Error'),
}

/** These refusals answer with their detail, if they have one, instead of the text. */
const EXPOSES_DETAIL: readonly RefusalCode[] = ['forbidden', 'input_invalid', 'not_found', 'unavailable']

/** FastAPI's list of invalid members. It never holds the sent value, which may be a password. */
const validationErrors = ({ issues }: z.ZodError) =>
  issues
    .filter(({ path }, at) => issues.findIndex((one) => one.path.join() === path.join()) === at)
    .slice(0, MAX_ERRORS)
    .map(({ path, message, code }) => ({ loc: ['body', ...path], msg: message, type: code }))

const MAX_ERRORS = 20

const body = ({ text }: ErrorText, { code, detail, cause }: Refusal) => {
  if (cause instanceof z.ZodError) return { detail: validationErrors(cause) }
  return { detail: detail !== undefined && EXPOSES_DETAIL.includes(code) ? detail : text }
}

export const onboardingErrorFormat: ErrorFormat = { table: errorTable, body }
