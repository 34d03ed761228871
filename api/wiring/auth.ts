import { join } from 'node:path'
import { openKeyring } from '../../contract/keyring.ts'
import { createRevocationCache } from '../../contract/revocation-cache.ts'
import type { StreamRenewalEntry } from '../../contract/revocation-entries.ts'
import { followRevocationLog } from '../../contract/revocation-log.ts'
import { createTokenVerifier } from '../../contract/verdict.ts'
import { createListeners } from '../../runtime/listeners.ts'
import { failureLogger, type Logger } from '../../runtime/log.ts'
import { connectRedis } from '../../runtime/redis.ts'
import { toUnixSeconds } from '../../runtime/time.ts'
import type { Config } from '../config/config.ts'
import { createAccountAdmin } from '../core/auth/account-admin.ts'
import { createAccounts } from '../core/auth/accounts.ts'
import type { AttemptLimit } from '../core/auth/attempt-counters.ts'
import { createLogin } from '../core/auth/login.ts'
import { createLoginAttempts } from '../core/auth/login-attempts.ts'
import { createMediaLinks } from '../core/auth/media-links.ts'
import { createNewPasswords } from '../core/auth/new-passwords.ts'
import { createOwnPassword } from '../core/auth/own-password.ts'
import { createPasswords } from '../core/auth/password.ts'
import { createPasswordAuthorities } from '../core/auth/password-authorities.ts'
import { createPasswordCheck, type PasswordCheckNeeds } from '../core/auth/password-check.ts'
import { createPasswordRules } from '../core/auth/password-rules.ts'
import { createOpaqueRefreshTokens } from '../core/auth/refresh-token.ts'
import { createRotation } from '../core/auth/refresh-token-rotation.ts'
import { createRequiredPasswordChange } from '../core/auth/required-password-change.ts'
import { createSecurityEventRecorder } from '../core/auth/security-events.ts'
import { joinSecurityLogs } from '../core/auth/security-log.ts'
import { createSessions } from '../core/auth/sessions.ts'
import { joinRequirements, requireNoPasswordChange } from '../core/auth/sign-in-policy.ts'
import { createSignInTickets, SignInGrant } from '../core/auth/sign-in-tickets.ts'
import { createFindReach } from '../core/auth/supervisor-reach.ts'
import { createTokens } from '../core/auth/tokens.ts'
import type { DialPolicy } from '../core/dial-policy/dial-policy.ts'
import { loadCommonPasswords } from '../store/files/common-passwords.ts'
import { loadOrCreateSecret } from '../store/files/secret-file.ts'
import { createSecurityLog } from '../store/files/security-log.ts'
import { createAttemptCounters } from '../store/redis/attempt-counters.ts'
import { createKnownNetworks } from '../store/redis/known-networks.ts'
import { createOneTimeValues } from '../store/redis/one-time-values.ts'
import { createProviderLogouts } from '../store/redis/provider-logouts.ts'
import { createRotationStore } from '../store/redis/refresh-token-rotation.ts'
import { createRevocationStreamPublisher } from '../store/redis/revocation-publisher.ts'
import { removeLegacyRenewals } from '../store/redis/stream-renewals.ts'
import { createPasswordAuthorityStore } from '../store/sql/auth/password-authority.ts'
import { createRevocationStore } from '../store/sql/auth/revocations.ts'
import { createSecurityEventStore } from '../store/sql/auth/security-events.ts'
import { createServiceTokenStore } from '../store/sql/auth/service-tokens.ts'
import { createSessionStore } from '../store/sql/auth/sessions.ts'
import { createUserStore } from '../store/sql/auth/users.ts'
import type { Database } from '../store/sql/database.ts'
import { createDirectoriesModule } from './directories.ts'
import { createFactorModule } from './factors.ts'
import { createPhoneSignIn } from './phone-sign-in.ts'
import { createServiceTokenModule } from './service-tokens.ts'

export interface AuthModuleNeeds {
  config: Config
  db: Database
  redis: ReturnType<typeof connectRedis>
  policy: () => DialPolicy
  log: Logger
  now: () => number
  monotonic: () => number
}

export type AuthModule = ReturnType<typeof createAuthModule>

/** Joins what concerns accounts, logins, sessions, tokens and revocations. */
export function createAuthModule(needs: AuthModuleNeeds) {
  const { config, db, redis, policy, log, now, monotonic } = needs
  const { maxStalenessMs, longestLifetime, supervisorReach } = config
  const logFailure = failureLogger(log)
  const users = createUserStore(db, () => toUnixSeconds(now()), config.quarantine)

  // The same verdict as the sidecar's.
  const keyring = openKeyring(
    config.keysFolder,
    logFailure('keys_folder_read', 'the keys folder cannot be read'),
  )
  const revocationCache = createRevocationCache()
  const streamRenewals = createListeners<[StreamRenewalEntry]>(
    logFailure.once('stream_renewal', 'a stream renewal could not be applied'),
  )
  const logReader = followRevocationLog({
    redis: connectRedis(config.redisUrl, () => {}),
    cache: revocationCache,
    monotonic,
    log,
    onRenewal: streamRenewals.notify,
    onOldRenewals: (ids) =>
      void removeLegacyRenewals(redis, ids, now()).catch(
        logFailure.once('legacy_renewals_removal', 'old stream renewals could not be removed'),
      ),
  })
  const isFresh = () => revocationCache.ageMs(monotonic()) <= maxStalenessMs
  const issuingSince = () => (isFresh() ? logReader.state().epoch?.cutoff : undefined)
  const tokenVerifier = createTokenVerifier({
    keyring,
    revocations: revocationCache,
    now,
    monotonic,
    maxStalenessMs,
    maxTokenLifetimeS: longestLifetime,
    cacheSize: 10_000,
  })
  const revocationStore = createRevocationStore(db)
  const serviceTokenStore = createServiceTokenStore(db)
  const revocationPublisher = createRevocationStreamPublisher({
    redis,
    store: revocationStore,
    serviceTokens: serviceTokenStore,
    ...{ revocationCache, logReader, log, now, longestLifetime },
  })

  const securityEvents = createSecurityEventStore(db)
  const securityEventRecorder = createSecurityEventRecorder({
    store: securityEvents,
    now,
    onDropped: (dropped) =>
      log.warn(
        { event: 'security_events_dropped', dropped },
        'security events were not written to SQL; the file has them',
      ),
  })
  const securityLog = joinSecurityLogs(
    createSecurityLog(
      config.securityLogPath,
      logFailure('security_log_write', 'the security log cannot be written'),
    ),
    securityEventRecorder,
  )
  const tokens = createTokens({ keyring, algorithm: config.algorithm, now, issuingSince })
  const refreshTokens = createOpaqueRefreshTokens(
    loadOrCreateSecret(join(config.keysFolder, 'refresh.secret')),
  )
  const rotationStore = createRotationStore(redis)
  const sessionStore = createSessionStore(db)
  const sessions = createSessions({
    store: sessionStore,
    rotation: createRotation({ store: rotationStore, refreshTokens, graceMs: config.refreshGraceMs }),
    onFailure: logFailure('token_refresh_record', 'a token refresh could not be recorded'),
    ...{
      users,
      tokens,
      refreshTokens,
      rotationStore,
      revocationPublisher,
      securityLog,
      supervisorReach,
      now,
    },
    accessTtl: config.accessTtl,
    refreshTtl: config.refreshTtl,
    sessionTtl: config.sessionTtl,
  })
  const passwords = createPasswords()
  const newPasswords = createNewPasswords(
    passwords,
    createPasswordRules({ minLength: config.passwordMinLength, isCommon: loadCommonPasswords() }),
  )
  const phoneSignIn = createPhoneSignIn({ config: config.phoneSignIn, ...{ db, passwords, log, now } })
  const attempts = { countersFor: createAttemptCounters(redis), knownNetworks: createKnownNetworks(redis) }
  const reachOf = createFindReach(users, supervisorReach)
  const accounts = createAccounts({ users, passwords: newPasswords, policy })
  const changes = {
    users,
    passwords: newPasswords,
    sessions,
    revocationPublisher,
    securityLog,
    now,
    longestLifetime,
  }
  const accountAdmin = createAccountAdmin({ ...changes, accounts, policy })
  const directories = createDirectoriesModule({
    path: config.directoriesPath,
    ...{ users, accountAdmin, passwords, policy, securityLog, redis, log, monotonic },
  })
  const signInTickets = createSignInTickets(createOneTimeValues(redis, 'sign-in-ticket', SignInGrant))
  const providerLogouts = createProviderLogouts(redis)
  const attemptsAt = (surface: string, perAddress: AttemptLimit) =>
    createLoginAttempts(attempts, { surface, perAddress, perAccount: config.perAccount })
  const factors = createFactorModule({
    ...{ config, db, redis, users, securityLog, now },
    countersFor: attempts.countersFor,
  })
  const requirePasswordSuffices = joinRequirements(factors.requireNoSecondStep, requireNoPasswordChange)
  /** What verifies passwords, for a surface with its own limits of attempts. */
  const passwordCheckAt = (surface: string, perAddress: AttemptLimit): PasswordCheckNeeds => ({
    passwords,
    attempts: attemptsAt(surface, perAddress),
    remoteAuthorities: {
      ...(directories && { directory: directories.passwords }),
      ...(phoneSignIn && { phone: phoneSignIn.passwords }),
    },
    appPasswords: factors.appPasswordCheck,
  })
  const checkPassword = createPasswordCheck(passwordCheckAt('v1', config.perAddress))

  return {
    ...createServiceTokenModule({
      store: serviceTokenStore,
      ...{ revocationStore, revocationPublisher, revocationCache, securityLog, log, now },
    }),
    users,
    securityLog,
    securityEvents,
    securityEventRecorder,
    keyring,
    revocationCache,
    tokenVerifier,
    revocationPublisher,
    /** Calls the listener for each renewal of a session's streams, of whatever API process. */
    onStreamRenewal: streamRenewals.add,
    sessionStore,
    sessions,
    passwords,
    newPasswords,
    reachOf,
    mediaLinks: createMediaLinks({ tokens, reachOf, now, longestLifetime }),
    accounts,
    signInTickets,
    providerLogouts,
    passwordCheckAt,
    /** Starts the checks of the accounts of directories. */
    openDirectories: () => directories?.start(),
    factors,
    deleteRefreshState: rotationStore.delete,
    accountAdmin,
    passwordAuthorities: createPasswordAuthorities({
      ...changes,
      store: createPasswordAuthorityStore(db),
      hasPhoneSignIn: phoneSignIn !== undefined,
    }),
    ownPassword: createOwnPassword({ ...changes, checkPassword }),
    requiredPasswordChange: createRequiredPasswordChange({
      ...changes,
      ...{ checkPassword, signInTickets, secondFactor: factors.secondFactor },
    }),
    /** @param perAddress how many failed logins one address gets at this surface */
    createLoginFor: (surface: string, perAddress: AttemptLimit) =>
      createLogin({
        ...passwordCheckAt(surface, perAddress),
        ...(directories && {
          findExternal: directories.passwords.createFindExternal(attemptsAt(surface, perAddress)),
        }),
        ...{ users, sessions, signInTickets, providerLogouts, securityLog, requirePasswordSuffices },
      }),
    /** Whether tokens can be issued and verified; the age is null before the revocations were read once. */
    readiness() {
      const age = revocationCache.ageMs(monotonic())
      const revocationAgeMs = Number.isFinite(age) ? Math.round(age) : null
      const since = issuingSince()
      const ready = since !== undefined && toUnixSeconds(now()) >= since
      return { ready, revocationBoundMs: maxStalenessMs, revocationAgeMs }
    },
    async close() {
      await directories?.close()
      keyring.close()
      await logReader.stop()
      await phoneSignIn?.close()
      await securityEventRecorder
        .flush()
        .catch(logFailure.once('security_event_write', 'security events could not be written to SQL'))
    },
  }
}
