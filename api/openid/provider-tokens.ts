import { createRemoteJWKSet, type JWTPayload, jwtVerify } from 'jose'
import type { ServerMetadata } from 'openid-client'
import type { LogoutToken } from '../core/auth/providers/identity-provider.ts'
import { Refusal } from '../core/refusal.ts'
import { isProviderAway } from './provider-errors.ts'
import { claimText } from './to-identity.ts'

/** Signatures that need the provider's private key. `none`, and those by a shared secret, are not among them. */
const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
]
const LOGOUT_EVENT = 'http://schemas.openid.net/event/backchannel-logout'
/** How far the clocks of a provider and of this server may differ, in seconds. */
export const CLOCK_TOLERANCE_S = 30
/** The longest age of a logout token, in seconds. Used ones are remembered for longer. */
const MAX_LOGOUT_TOKEN_AGE_S = 120
const MAX_TOKEN_LENGTH = 16_384

export interface ProviderTokensNeeds {
  metadata: ServerMetadata
  clientId: string
  allowHttp: boolean
  timeoutMs: number
  cooldownMs: number
}

/** Verifies tokens by the provider's keys, which are fetched again for an unknown key, at a bounded rate. */
export interface ProviderTokens {
  /** The signature; openid-client has verified the claims. @throws whatever `isProviderAway` distinguishes */
  verifyIdToken(text: string): Promise<void>
  /** @throws {Refusal} `token_invalid`, `unavailable` */
  verifyLogoutToken(text: string): Promise<LogoutToken>
}

export function createProviderTokens(needs: ProviderTokensNeeds): ProviderTokens {
  const { metadata, clientId, allowHttp, timeoutMs, cooldownMs } = needs
  const keysUrl = new URL(metadata.jwks_uri ?? '')
  if (keysUrl.protocol !== 'https:' && !allowHttp) throw new TypeError('the keys of the provider need https')
  const keys = createRemoteJWKSet(keysUrl, { timeoutDuration: timeoutMs, cooldownDuration: cooldownMs })
  const expected = {
    issuer: metadata.issuer,
    audience: clientId,
    algorithms: ALGORITHMS,
    clockTolerance: CLOCK_TOLERANCE_S,
  }

  return {
    async verifyIdToken(text) {
      await jwtVerify(text, keys, expected)
    },
    async verifyLogoutToken(text) {
      if (text.length > MAX_TOKEN_LENGTH) throw invalid('it is too long')
      const { payload, protectedHeader } = await jwtVerify(text, keys, {
        ...expected,
        maxTokenAge: MAX_LOGOUT_TOKEN_AGE_S,
        requiredClaims: ['iat', 'jti', 'events'],
      }).catch((err) => {
        if (isProviderAway(err)) throw new Refusal('unavailable', { retryAfter: 5, cause: err })
        throw invalid('its signature or a claim is not valid', err)
      })
      // §2.4: the type is optional, and must not be that of another kind of token.
      const type = protectedHeader.typ?.toLowerCase().replace(/^application\//, '')
      if (type !== undefined && type !== 'logout+jwt' && type !== 'jwt') throw invalid('it has another type')
      return toLogoutToken(payload)
    },
  }
}

function toLogoutToken(payload: JWTPayload): LogoutToken {
  const { events, nonce, jti, sub, sid } = payload as Record<string, unknown> // each is checked here
  const event = typeof events === 'object' && events !== null && LOGOUT_EVENT in events
  if (!event) throw invalid('it has no logout event')
  // An ID token has one, and must not end a session.
  if (nonce !== undefined) throw invalid('it has a nonce')
  const [id, subject, sessionId] = [claimText(jti), claimText(sub), claimText(sid)]
  if (id === null) throw invalid('it has no id')
  // One that is there and cannot be read must not widen the logout to the other one.
  if ((sub !== undefined && subject === null) || (sid !== undefined && sessionId === null))
    throw invalid('its sub or sid is not valid')
  if (subject === null && sessionId === null) throw invalid('it names neither a person nor a session')
  return { id, subject, sessionId }
}

const invalid = (why: string, cause?: unknown) =>
  new Refusal('token_invalid', { detail: `the logout token is not valid: ${why}`, cause })
