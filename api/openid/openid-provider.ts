import { createPrivateKey } from 'node:crypto'
import { importPKCS8 } from 'jose'
import {
  AuthorizationResponseError,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  clockTolerance,
  discovery,
  fetchUserInfo,
  None,
  PrivateKeyJwt,
} from 'openid-client'
import {
  type AuthorizationRequest,
  type IdentityProvider,
  type ProviderRules,
  SignInFailure,
} from '../core/auth/providers/identity-provider.ts'
import { codeChallengeOf } from '../core/auth/providers/provider-sign-in.ts'
import { Refusal } from '../core/refusal.ts'
import { isProviderAway } from './provider-errors.ts'
import { CLOCK_TOLERANCE_S, createProviderTokens, type ProviderTokens } from './provider-tokens.ts'
import { type ClaimNames, toIdentity } from './to-identity.ts'

export interface OpenIdProviderSettings {
  id: string
  name: string
  issuer: string
  clientId: string
  clientSecret: string | undefined
  /** PKCS #8 in PEM: RSA, P-256 or Ed25519. */
  privateKey: string | undefined
  scopes: readonly string[]
  claims: ClaimNames
  rules: ProviderRules
  allowHttp: boolean
  /** Shorter in tests. */
  timeoutS?: number
  /** How long after a fetch of the keys an unknown key does not cause another one, in ms. */
  keyCooldownMs?: number
}

const DISCOVERY_MAX_AGE_MS = 3_600_000

interface Discovered {
  config: Configuration
  tokens: ProviderTokens
  atMs: number
}

/** A provider of OpenID Connect, discovered when it is first used, and again each hour. */
export function createOpenIdProvider(
  settings: OpenIdProviderSettings,
  monotonic: () => number = () => performance.now(),
): IdentityProvider {
  const { id, name, rules, issuer, clientId, allowHttp, timeoutS = 5 } = settings
  let discovered: Discovered | undefined
  let discovering: Promise<Discovered> | undefined

  async function discover(): Promise<Discovered> {
    const config = await discovery(
      new URL(issuer),
      clientId,
      { [clockTolerance]: CLOCK_TOLERANCE_S },
      await authenticationOf(settings),
      { timeout: timeoutS, ...(allowHttp ? { execute: [allowInsecureRequests] } : {}) },
    )
    config.timeout = timeoutS
    const tokens = createProviderTokens({
      ...{ metadata: config.serverMetadata(), clientId, allowHttp, timeoutMs: timeoutS * 1000 },
      cooldownMs: settings.keyCooldownMs ?? 5_000,
    })
    return { config, tokens, atMs: monotonic() }
  }

  async function current(): Promise<Discovered> {
    if (discovered !== undefined && monotonic() - discovered.atMs < DISCOVERY_MAX_AGE_MS) return discovered
    discovering ??= discover().finally(() => {
      discovering = undefined
    })
    try {
      discovered = await discovering
    } catch (err) {
      // What was discovered an hour ago is probably still right.
      if (discovered === undefined) throw err
    }
    return discovered
  }

  async function exchange(callbackUrl: string, request: AuthorizationRequest) {
    const { config, tokens } = await current()
    const answer = await authorizationCodeGrant(config, new URL(callbackUrl), {
      pkceCodeVerifier: request.codeVerifier,
      expectedState: request.state,
      expectedNonce: request.nonce,
      idTokenExpected: true,
    })
    const claims = answer.claims()
    if (claims === undefined || answer.id_token === undefined)
      throw new SignInFailure('refused', 'the provider gave no ID token')
    await tokens.verifyIdToken(answer.id_token)
    // Many providers give groups and addresses here alone.
    const more =
      config.serverMetadata().userinfo_endpoint === undefined
        ? {}
        : await fetchUserInfo(config, answer.access_token, claims.sub)
    return toIdentity({ ...more, ...claims }, settings.claims)
  }

  return {
    id,
    name,
    rules,
    async authorizationUrl({ redirectUri, state, nonce, codeVerifier }) {
      try {
        const { config } = await current()
        return buildAuthorizationUrl(config, {
          redirect_uri: redirectUri,
          scope: settings.scopes.join(' '),
          state,
          nonce,
          code_challenge: codeChallengeOf(codeVerifier),
          code_challenge_method: 'S256',
        }).href
      } catch (err) {
        throw new SignInFailure('unavailable', 'the provider does not answer', err)
      }
    },
    exchange: (callbackUrl, request) =>
      exchange(callbackUrl, request).catch((err) => {
        throw toSignInFailure(err)
      }),
    async verifyLogoutToken(text) {
      const { tokens } = await current().catch((err) => {
        throw new Refusal('unavailable', { retryAfter: 5, cause: err })
      })
      return tokens.verifyLogoutToken(text)
    },
  }
}

/** By the method that the provider names; `client_secret_basic` where it names none (OpenID Connect Discovery §3). */
async function authenticationOf({
  clientSecret,
  privateKey,
}: Pick<OpenIdProviderSettings, 'clientSecret' | 'privateKey'>): Promise<ClientAuth> {
  if (privateKey !== undefined) return PrivateKeyJwt(await importClientKey(privateKey))
  if (clientSecret === undefined) return None()
  const [basic, post] = [ClientSecretBasic(clientSecret), ClientSecretPost(clientSecret)]
  return (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
    const authenticate = methods.includes('client_secret_basic') ? basic : post
    return authenticate(server, client, body, headers)
  }
}

/** The codes of RFC 6749 §4.1.2.1 that are no decision about the person. */
const TEMPORARY = ['temporarily_unavailable', 'server_error']

function toSignInFailure(err: unknown): SignInFailure {
  if (err instanceof SignInFailure) return err
  if (err instanceof AuthorizationResponseError) {
    if (TEMPORARY.includes(err.error)) return new SignInFailure('unavailable', 'the provider is away', err)
    return new SignInFailure(
      err.error === 'access_denied' ? 'denied' : 'refused',
      'the provider refused',
      err,
    )
  }
  if (isProviderAway(err)) return new SignInFailure('unavailable', 'the provider does not answer', err)
  return new SignInFailure('refused', describe(err), err)
}

/** The code of the error alone: its message may have values of a token. */
const describe = (err: unknown) =>
  `the answer of the provider is not valid: ${err instanceof Error && 'code' in err ? err.code : 'unknown'}`

function importClientKey(pem: string) {
  const type = createPrivateKey(pem).asymmetricKeyType
  return importPKCS8(pem, type === 'rsa' ? 'RS256' : type === 'ed25519' ? 'EdDSA' : 'ES256')
}
