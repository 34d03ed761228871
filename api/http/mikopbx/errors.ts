import type { Refusal } from '../../core/refusal.ts'
import {
  defaultTexts,
  type ErrorFormat,
  type ErrorTable,
  type ErrorText,
  errorText,
  SIGN_IN_STEPS,
} from '../errors.ts'
import { toErrorJson } from './wire.ts'

const NOT_AUTHENTICATED = "The user isn't authenticated."

/** MikoPBX REST v3: `{result:false, data, messages:{error:[…]}}`. */
const errorTable: ErrorTable = {
  ...defaultTexts,
  token_missing: errorText(401, NOT_AUTHENTICATED),
  token_invalid: errorText(401, NOT_AUTHENTICATED),
  token_expired: errorText(401, NOT_AUTHENTICATED),
  token_revoked: errorText(401, NOT_AUTHENTICATED),
  token_wrong_kind: errorText(401, NOT_AUTHENTICATED),
  forbidden: errorText(403, 'Access denied. You do not have permission to access this resource.'),
  credentials_missing: errorText(400, 'Either login+password or sessionToken must be provided'),
  credentials_wrong: errorText(401, 'Invalid login or password'),
  throttled: errorText(429, 'Too many attempts. Please try again later.'),
  input_invalid: errorText(400, 'Invalid request'),
  input_too_large: errorText(413, 'The request is too large'),
  not_found: errorText(404, 'Not found'),
  taken: errorText(409, 'Already exists'),
  unavailable: errorText(503, 'The service is temporarily unavailable'),
  internal: errorText(500, 'Internal error'),
}

const CROSS_SITE = errorText(403, 'A request of another site cannot use this cookie')
export const loginErrors = { forbidden: errorText(403, 'A request of another site cannot log in') }
export const logoutErrors = { forbidden: CROSS_SITE }
export const refreshErrors = {
  token_missing: errorText(401, 'Refresh token is missing in cookie'),
  token_invalid: errorText(401, 'Refresh token expired or not found'),
  token_revoked: errorText(401, 'Refresh token expired or not found'),
  forbidden: CROSS_SITE,
}

const body = ({ text }: ErrorText, refusal: Refusal) =>
  toErrorJson(
    refusal.code === 'input_invalid' && refusal.detail ? `${text}: ${refusal.detail}` : text,
    SIGN_IN_STEPS.find((step) => step === refusal.code),
  )

export const mikopbxErrorFormat: ErrorFormat = { table: errorTable, body }
