import type { Refusal } from '../../core/refusal.ts'
import { type Refusals, type Speech, says, unsaid, type Words } from '../errors.ts'
import { refused } from './wire.ts'

/** MikoPBX ModuleSoftphoneBackend, "Status codes": `{success:false, error, timestamp}`. */
const refusals: Refusals = {
  ...unsaid,
  token_missing: says(401, 'Unauthorized. Token required'),
  token_invalid: says(401, 'Unauthorized. Token required'),
  token_expired: says(401, 'Unauthorized. Token required'),
  token_revoked: says(401, 'Unauthorized. Token required'),
  token_wrong_kind: says(403, 'Invalid token type'),
  forbidden: says(403, 'Forbidden'),
  credentials_missing: says(400, 'Invalid credentials provided'),
  credentials_wrong: says(401, 'Invalid credentials'),
  throttled: says(429, 'Too many attempts'),
  input_invalid: says(400, 'Invalid request'),
  input_too_large: says(413, 'Request too large'),
  not_found: says(404, 'Not found'),
  taken: says(409, 'Already taken'),
  unavailable: says(503, 'Temporarily unavailable'),
  internal: says(500, 'Internal server error'),
}

/** The document's refresh and logout speak of tokens in words of their own. */
export const refreshWording = {
  token_missing: says(401, 'Invalid or missing token'),
  token_invalid: says(401, 'Invalid or missing token'),
  token_expired: says(401, 'Invalid or missing token'),
  token_revoked: says(401, 'Invalid or missing token'),
  token_wrong_kind: says(403, 'Invalid token type. Refresh token required'),
}
export const logoutWording = {
  token_missing: says(401, 'Unauthorized'),
  token_invalid: says(401, 'Unauthorized'),
  token_expired: says(401, 'Unauthorized'),
  token_revoked: says(401, 'Unauthorized'),
}

const body = (words: Words, refusal: Refusal) =>
  refused(
    refusal.code === 'input_invalid' && refusal.detail ? `${words.text}: ${refusal.detail}` : words.text,
  )

export const speech: Speech = { refusals, body }
