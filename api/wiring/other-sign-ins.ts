import type { connectRedis } from '../../runtime/redis.ts'
import { toUnixSeconds } from '../../runtime/time.ts'
import type { Config } from '../config/config.ts'
import { type ProviderFileEntry, readProvidersFile } from '../config/providers.ts'
import { createDeviceGrants } from '../core/auth/device/device-grants.ts'
import { createBackChannelLogout } from '../core/auth/providers/back-channel-logout.ts'
import type { IdentityProvider } from '../core/auth/providers/identity-provider.ts'
import { createProviderAccounts } from '../core/auth/providers/provider-accounts.ts'
import { createProviderSignIn, PendingSignIn } from '../core/auth/providers/provider-sign-in.ts'
import type { DialPolicy } from '../core/dial-policy/dial-policy.ts'
import { extraClaims } from '../http/softphone/wire.ts'
import type { V1RoutesNeeds } from '../http/v1/routes.ts'
import { createOpenIdProvider } from '../openid/openid-provider.ts'
import { createDeviceGrantStore } from '../store/redis/device-grants.ts'
import { createOneTimeValues } from '../store/redis/one-time-values.ts'
import { createRateLimiter } from '../store/redis/rate-limiter.ts'
import { createProviderIdentityStore } from '../store/sql/auth/provider-identities.ts'
import type { Database } from '../store/sql/database.ts'
import type { AuthModule } from './auth.ts'

export interface OtherSignInsNeeds {
  config: Config
  db: Database
  redis: ReturnType<typeof connectRedis>
  auth: AuthModule
  policy: () => DialPolicy
  now: () => number
}

/** An office signs in from one address: starts that fail are not known, so that all of them count. */
const STARTS_PER_FAILURE = 20

/**
 * Signing in through OpenID providers, and devices that a person signs in.
 * @throws {SettingsError} for an invalid file of providers
 */
export function createOtherSignIns(needs: OtherSignInsNeeds): V1RoutesNeeds['otherSignIns'] {
  const { config, db, redis, auth, policy, now } = needs
  const { baseUrl, perAddress } = config
  const { users, accountAdmin, securityLog, sessions, sessionStore, signInTickets, providerLogouts } = auth
  const providers = readProvidersFile(config.providersFile).map(toProvider)
  return {
    isHttps: baseUrl?.startsWith('https:') === true,
    providerSignIn: createProviderSignIn({
      providers,
      baseUrl: baseUrl ?? '',
      pending: createOneTimeValues(redis, 'provider-sign-in', PendingSignIn),
      accounts: createProviderAccounts({
        ...{ users, accountAdmin, policy, securityLog },
        identities: createProviderIdentityStore(db, () => toUnixSeconds(now())),
      }),
      tickets: signInTickets,
      throttle: createRateLimiter(redis, {
        surface: 'provider-start',
        perAddress: { ...perAddress, max: perAddress.max * STARTS_PER_FAILURE },
      }),
      ...{ securityLog, now },
    }),
    backChannelLogout: createBackChannelLogout({
      ...{ providers, sessions, sessionStore, now },
      usedTokens: providerLogouts,
      logouts: providerLogouts,
    }),
    deviceGrants: createDeviceGrants({
      ...{ users, sessionStore, securityLog, now },
      store: createDeviceGrantStore(redis),
      login: auth.createLoginFor('device', perAddress),
      throttle: createRateLimiter(redis, { surface: 'device', perAddress }),
      attempts: auth.passwordCheckAt('device', perAddress).attempts,
    }),
    verificationUri: baseUrl === undefined ? undefined : `${baseUrl}/console/device`,
    deviceSession: { surface: 'softphone', extraClaims, refreshWith: 'jwt' },
  }
}

function toProvider(entry: ProviderFileEntry): IdentityProvider {
  const { id, name, issuer, clientSecret, privateKey, scopes, claims } = entry
  return createOpenIdProvider({
    ...{ id, name, issuer, clientSecret, privateKey, scopes },
    clientId: entry.client_id,
    claims: {
      username: claims.username,
      email: claims.email,
      displayName: claims.display_name,
      extension: claims.extension,
      groups: claims.groups,
    },
    rules: {
      createAccounts: entry.create_accounts,
      requiredGroup: entry.required_group,
      roles: entry.roles,
    },
    allowHttp: entry.allow_http_loopback,
  })
}
