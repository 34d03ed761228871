import type { Refusal } from '../../core/refusal.ts'
import { defaultTexts, type ErrorFormat, type ErrorTable, type ErrorText, errorText } from '../errors.ts'
import { createErrorResponses } from '../openapi.ts'
import { ErrorJson, toErrorJson } from './wire.ts'

/** MikoPBX ModuleSoftphoneBackend, "Status codes": `{success:false, error, timestamp}`. */
const errorTable: ErrorTable = {
  ...defaultTexts,
  token_missing: errorText(401, 'Unauthorized. Token required'),
  token_invalid: errorText(401, 'Unauthorized. Token required'),
  token_expired: errorText(401, 'Unauthorized. Token required'),
  token_revoked: errorText(401, 'Unauthorized. Token required'),
  token_wrong_kind: errorText(403, 'Invalid token type'),
  forbidden: errorText(403, 'Forbidden'),
  credentials_missing: errorText(400, 'Invalid credentials provided'),
  credentials_wrong: errorText(401, 'Invalid credentials'),
  throttled: errorText(429, 'Too many attempts'),
  input_invalid: errorText(400, 'Invalid request'),
  input_too_large: errorText(413, 'Request too large'),
  not_found: errorText(404, 'Not found'),
  taken: errorText(409, 'Already taken'),
  unavailable: errorText(503, 'Temporarily unavailable'),
  internal: errorText(500, 'Internal server error'),
}

/** The document has other texts for refresh and logout. */
export const refreshErrors = {
  token_missing: errorText(401, 'Invalid or missing token'),
  token_invalid: errorText(401, 'Invalid or missing token'),
  token_expired: errorText(401, 'Invalid or missing token'),
  token_revoked: errorText(401, 'Invalid or missing token'),
  token_wrong_kind: errorText(403, 'Invalid token type. Refresh token required'),
}
export const logoutErrors = {
  token_missing: errorText(401, 'Unauthorized'),
  token_invalid: errorText(401, 'Unauthorized'),
  token_expired: errorText(401, 'Unauthorized'),
  token_revoked: errorText(401, 'Unauthorized'),
}

const body = ({ text }: ErrorText, refusal: Refusal) =>
  toErrorJson(refusal.code === 'input_invalid' && refusal.detail ? `${text}: ${refusal.detail}` : text)

export const softphoneErrorFormat: ErrorFormat = { table: errorTable, body }
export const errorResponses = createErrorResponses(softphoneErrorFormat, ErrorJson)
