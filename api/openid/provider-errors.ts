import { errors } from 'jose'
import { ResponseBodyError, WWWAuthenticateChallengeError } from 'openid-client'

/** Errors of openid-client that concern the transport, and not what was transported. */
const TRANSPORT = [
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
]

/** Whether the provider could not be asked, or could not answer: no decision about a person or a token. */
export function isProviderAway(err: unknown): boolean {
  // Our own settings are wrong, such as the secret of the client: the person has done nothing wrong.
  if (err instanceof WWWAuthenticateChallengeError) return true
  if (err instanceof ResponseBodyError) {
    return err.status >= 500 || err.error === 'invalid_client' || err.error === 'unauthorized_client'
  }
  if (err instanceof errors.JWKSTimeout) return true
  // An answer that is no set of keys.
  if (err instanceof errors.JOSEError) return ['ERR_JOSE_GENERIC', 'ERR_JWKS_INVALID'].includes(err.code)
  const code = err instanceof Error && 'code' in err ? String(err.code) : ''
  return !code.startsWith('OAUTH_') || TRANSPORT.includes(code)
}
