import type { Refusal } from '../../core/refusal.ts'
import { type ErrorFormat, type ErrorTable, type ErrorText, errorText } from '../errors.ts'

const errorTable: ErrorTable = {
  token_missing: errorText(401, 'Unauthorized'),
  token_invalid: errorText(401, 'Unauthorized'),
  token_expired: errorText(401, 'Unauthorized'),
  token_revoked: errorText(401, 'Unauthorized'),
  token_wrong_kind: errorText(403, 'Forbidden'),
  forbidden: errorText(403, 'Forbidden'),
  credentials_missing: errorText(400, 'Bad Request'),
  credentials_wrong: errorText(401, 'Unauthorized'),
  second_factor_required: errorText(403, 'Forbidden'),
  password_change_required: errorText(403, 'Forbidden'),
  throttled: errorText(429, 'Too Many Requests'),
  input_invalid: errorText(400, 'Bad Request'),
  input_too_large: errorText(413, 'Content Too Large'),
  not_found: errorText(404, 'Not Found'),
  taken: errorText(409, 'Conflict'),
  conflict: errorText(409, 'Conflict'),
  stale: errorText(412, 'Precondition Failed'),
  key_reused: errorText(422, 'Unprocessable Content'),
  dial_denied: errorText(403, 'Forbidden'),
  unknown_number: errorText(422, 'Unprocessable Content'),
  not_supported: errorText(501, 'Not Implemented'),
  unconfirmed: errorText(504, 'Gateway Timeout'),
  unavailable: errorText(503, 'Service Unavailable'),
  internal: errorText(500, 'Internal Server Error'),
}

/** RFC 9457, with `code` as an extension member for programs. */
const body = ({ status, text }: ErrorText, { code, detail }: Refusal) => ({
  type: 'about:blank',
  title: text,
  status,
  code,
  ...(detail === undefined ? {} : { detail }),
})

export const v1ErrorFormat: ErrorFormat = { table: errorTable, body, contentType: 'application/problem+json' }
