import type { Refusal } from '../../core/refusal.ts'
import { type Refusals, type Speech, says, type Words } from '../errors.ts'

const refusals: Refusals = {
  token_missing: says(401, 'Unauthorized'),
  token_invalid: says(401, 'Unauthorized'),
  token_expired: says(401, 'Unauthorized'),
  token_revoked: says(401, 'Unauthorized'),
  token_wrong_kind: says(403, 'Forbidden'),
  forbidden: says(403, 'Forbidden'),
  credentials_missing: says(400, 'Bad Request'),
  credentials_wrong: says(401, 'Unauthorized'),
  throttled: says(429, 'Too Many Requests'),
  input_invalid: says(400, 'Bad Request'),
  input_too_large: says(413, 'Content Too Large'),
  not_found: says(404, 'Not Found'),
  taken: says(409, 'Conflict'),
  conflict: says(409, 'Conflict'),
  stale: says(412, 'Precondition Failed'),
  key_reused: says(422, 'Unprocessable Content'),
  dial_denied: says(403, 'Forbidden'),
  unknown_number: says(422, 'Unprocessable Content'),
  not_supported: says(501, 'Not Implemented'),
  unconfirmed: says(504, 'Gateway Timeout'),
  unavailable: says(503, 'Service Unavailable'),
  internal: says(500, 'Internal Server Error'),
}

/** RFC 9457, with our code beside its members for programs to go by. */
const body = ({ status, text }: Words, { code, detail }: Refusal) => ({
  type: 'about:blank',
  title: text,
  status,
  code,
  ...(detail === undefined ? {} : { detail }),
})

export const speech: Speech = { refusals, body, contentType: 'application/problem+json' }
