import type { Refusal } from '../../core/refusal.ts'
import { type Refusals, type Speech, says, unsaid, type Words } from '../errors.ts'
import { refused } from './wire.ts'

const NOT_AUTHENTICATED = "The user isn't authenticated."

/** MikoPBX REST v3: `{result:false, data, messages:{error:[…]}}`. */
const refusals: Refusals = {
  ...unsaid,
  token_missing: says(401, NOT_AUTHENTICATED),
  token_invalid: says(401, NOT_AUTHENTICATED),
  token_expired: says(401, NOT_AUTHENTICATED),
  token_revoked: says(401, NOT_AUTHENTICATED),
  token_wrong_kind: says(401, NOT_AUTHENTICATED),
  forbidden: says(403, 'Access denied. You do not have permission to access this resource.'),
  credentials_missing: says(400, 'Either login+password or sessionToken must be provided'),
  credentials_wrong: says(401, 'Invalid login or password'),
  throttled: says(429, 'Too many attempts. Please try again later.'),
  input_invalid: says(400, 'Invalid request'),
  input_too_large: says(413, 'The request is too large'),
  not_found: says(404, 'Not found'),
  taken: says(409, 'Already exists'),
  unavailable: says(503, 'The service is temporarily unavailable'),
  internal: says(500, 'Internal error'),
}

const OF_ANOTHER_SITE = says(403, 'A request of another site cannot use this cookie')
export const loginWording = { forbidden: says(403, 'A request of another site cannot log in') }
export const logoutWording = { forbidden: OF_ANOTHER_SITE }
export const refreshWording = {
  token_missing: says(401, 'Refresh token is missing in cookie'),
  token_invalid: says(401, 'Refresh token expired or not found'),
  token_revoked: says(401, 'Refresh token expired or not found'),
  forbidden: OF_ANOTHER_SITE,
}

const body = ({ text }: Words, refusal: Refusal) =>
  refused(refusal.code === 'input_invalid' && refusal.detail ? `${text}: ${refusal.detail}` : text)

export const speech: Speech = { refusals, body }
