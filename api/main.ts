import { createServer } from 'node:http'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import { openKeyring } from '../contract/keyring.ts'
import { startOnlineHeartbeat } from '../contract/online-heartbeat.ts'
import { createRevocationCache } from '../contract/revocation-cache.ts'
import { followRevocationLog } from '../contract/revocation-log.ts'
import { createTokenVerifier } from '../contract/verdict.ts'
import { readEnv } from '../runtime/env.ts'
import { startInterval } from '../runtime/interval.ts'
import { createLog, failureLogger } from '../runtime/log.ts'
import { connectRedis } from '../runtime/redis.ts'
import { exitOnUncaughtError, exitWithStartupError, onShutdown } from '../runtime/shutdown.ts'
import { toUnixSeconds } from '../runtime/time.ts'
import { listenOn } from '../runtime/unix-socket.ts'
import { Config } from './config/config.ts'
import { watchDialPolicyFile } from './config/dial-policy-file.ts'
import { createAccountAdmin } from './core/auth/account-admin.ts'
import { createAccounts } from './core/auth/accounts.ts'
import { createLogin } from './core/auth/login.ts'
import { createMediaLinks } from './core/auth/media-links.ts'
import { createPasswords } from './core/auth/password.ts'
import { createOpaqueRefreshTokens } from './core/auth/refresh-token.ts'
import { createRotation } from './core/auth/refresh-token-rotation.ts'
import { createSessions } from './core/auth/sessions.ts'
import { createSidecarWatchdog } from './core/auth/sidecar-watchdog.ts'
import { createStreamRenewal } from './core/auth/stream-renewal.ts'
import { createStreamTickets } from './core/auth/stream-tickets.ts'
import { createFindReach } from './core/auth/supervisor-reach.ts'
import { createTokens, newId } from './core/auth/tokens.ts'
import { purgeHistory } from './core/calls/purge-history.ts'
import { createClearance } from './core/dial-policy/clearance.ts'
import { createSnapshots } from './core/messaging/snapshots.ts'
import { createSelfRegistration } from './core/registration/self-registration.ts'
import { createApp } from './http/app.ts'
import { handleClientError } from './http/client-error.ts'
import { createGuard } from './http/guard.ts'
import { createMikopbxRoutes } from './http/mikopbx/routes.ts'
import { createOnboardingRoutes } from './http/onboarding/routes.ts'
import { qrDataUri } from './http/qr-data-uri.ts'
import { createSoftphoneRoutes } from './http/softphone/routes.ts'
import { createV1Routes } from './http/v1/routes.ts'
import { createVoipRoutes } from './http/voip/routes.ts'
import { createVoipSocket } from './http/voip/socket.ts'
import { createNchanPublisher } from './nchan/publisher.ts'
import { createStreamControl } from './nchan/stream-control.ts'
import { createMediaFolders } from './store/files/media-folders.ts'
import { loadOrCreateSecret } from './store/files/secret-file.ts'
import { createSecurityLog } from './store/files/security-log.ts'
import { createAddressAttempts, createLoginAttempts } from './store/redis/login-attempts.ts'
import { createOnlineUsersReader } from './store/redis/online-users.ts'
import { createPeerMessages } from './store/redis/peer-messages.ts'
import { createRateLimiter, type RateLimit } from './store/redis/rate-limiter.ts'
import { createRotationStore } from './store/redis/refresh-token-rotation.ts'
import { createRevocationStreamPublisher } from './store/redis/revocation-publisher.ts'
import { createSnapshotStore } from './store/redis/snapshots.ts'
import { createStreamRenewalPublisher, removeLegacyRenewals } from './store/redis/stream-renewals.ts'
import { createStreamTicketStore } from './store/redis/tickets.ts'
import { createUserMessageSubscriber, createUserMessages } from './store/redis/user-messages.ts'
import { createRevocationStore } from './store/sql/auth/revocations.ts'
import { createSessionStore } from './store/sql/auth/sessions.ts'
import { createUserStore } from './store/sql/auth/users.ts'
import { createDoNotCall } from './store/sql/call-center/do-not-call.ts'
import { createCallHistoryStore } from './store/sql/calls/call-history.ts'
import { createPlacedCallStore } from './store/sql/calls/placed-calls.ts'
import { createPurgeStore } from './store/sql/calls/purge-history.ts'
import { openDatabase } from './store/sql/database.ts'
import { migrate, NewerDatabaseError, requireKnownMigrations } from './store/sql/migrate.ts'
import { createUserStatusStore } from './store/sql/presence/user-statuses.ts'
import { createCallCenter } from './wiring/call-center/call-center.ts'
import { createCallModule } from './wiring/calls.ts'
import { createProvisioningModule } from './wiring/provisioning.ts'

/** nginx takes four lines of 8 kB: what it passes on must not be too large here. */
const MAX_HEADER_BYTES = 65_536

async function main() {
  const config = readEnv(Config)
  const log = createLog('api', config.logLevel)
  exitOnUncaughtError(log)
  const { now } = Date
  const monotonic = () => performance.now()
  const logFailure = failureLogger(log)

  // What is kept: SQL is the truth, Redis spreads it.
  await migrate(config.databaseUrl)
  const db = await openDatabase(config.databaseUrl, {
    onIdleError: logFailure('database_idle_connection', 'the database closed an idle connection'),
  })
  await requireKnownMigrations(db).catch((err) => {
    if (err instanceof NewerDatabaseError) throw err
    logFailure('database_version_check', 'the version of the database is unknown')(err)
  })
  const users = createUserStore(db, () => toUnixSeconds(now()), config.quarantine)
  const revocationStore = createRevocationStore(db)
  const redis = connectRedis(config.redisUrl, () => {}, 1_500)
  await redis.connect().catch(logFailure('redis_connect', 'Redis cannot be reached'))

  // What is known of revocations, and the judge who goes by it: the same as the sidecar's.
  const keyring = openKeyring(
    config.keysFolder,
    logFailure('keys_folder_read', 'the keys folder cannot be read'),
  )
  const cache = createRevocationCache()
  const revocationLogReader = followRevocationLog({
    redis: connectRedis(config.redisUrl, () => {}),
    cache,
    monotonic,
    log,
    onOldRenewals: (ids) =>
      void removeLegacyRenewals(redis, ids, now()).catch(
        logFailure('legacy_renewals_removal', 'old stream renewals could not be removed'),
      ),
  })
  const { maxStalenessMs, longestLifetime: maxTokenLifetimeS } = config
  const isFresh = () => cache.ageMs(monotonic()) <= maxStalenessMs
  const issuingSince = () => (isFresh() ? revocationLogReader.state().epoch?.cutoff : undefined)
  const tokenVerifier = createTokenVerifier({
    keyring,
    revocations: cache,
    now,
    monotonic,
    maxStalenessMs,
    maxTokenLifetimeS,
    cacheSize: 10_000,
  })
  const revocationPublisher = createRevocationStreamPublisher({
    redis,
    store: revocationStore,
    revocationCache: cache,
    logReader: revocationLogReader,
    log,
    now,
    longestLifetime: maxTokenLifetimeS,
  })

  // The rules.
  const securityLog = createSecurityLog(
    config.securityLogPath,
    logFailure('security_log_write', 'the security log cannot be written'),
  )
  const tokens = createTokens({
    keyring,
    algorithm: config.algorithm,
    now,
    issuingSince,
  })
  const refreshTokens = createOpaqueRefreshTokens(
    loadOrCreateSecret(join(config.keysFolder, 'refresh.secret')),
  )
  const rotationStore = createRotationStore(redis)
  const sessionStore = createSessionStore(db)
  const sessions = createSessions({
    store: sessionStore,
    refreshTokens,
    rotation: createRotation({ store: rotationStore, refreshTokens, graceMs: config.refreshGraceMs }),
    rotationStore,
    sessionTtl: config.sessionTtl,
    onError: logFailure('token_refresh_record', 'a token refresh could not be recorded'),
    users,
    tokens,
    revocationPublisher,
    securityLog,
    supervisorReach: config.supervisorReach,
    now,
    accessTtl: config.accessTtl,
    refreshTtl: config.refreshTtl,
  })
  const passwords = createPasswords()
  const { perAccount, perAddress } = config
  const createLoginFor = (surface: string, limit: RateLimit) =>
    createLogin({
      users,
      passwords,
      sessions,
      attempts: createLoginAttempts(redis, { surface, perAddress: limit, perAccount }),
      securityLog,
    })
  const snapshotStore = createSnapshotStore(redis, newId)
  const nchanPublisher = createNchanPublisher(config.nginxSockets)
  const snapshots = createSnapshots({ store: snapshotStore, publisher: nchanPublisher })

  const reachOf = createFindReach(users, config.supervisorReach)
  const mediaLinks = createMediaLinks({ tokens, reachOf, now, longestLifetime: maxTokenLifetimeS })
  const policy = watchDialPolicyFile(
    config.dialPolicyPath,
    logFailure('dial_policy_read', 'the dial policy cannot be read; the previous one stays in force'),
  )
  const changes = createAccountAdmin({
    ...{ users, passwords, sessions, revocationPublisher, policy, now, longestLifetime: maxTokenLifetimeS },
  })

  // Calls and presence, and what users are told of them.
  const subscriberRedis = connectRedis(config.redisUrl, () => {})
  const hearing = createUserMessageSubscriber(
    subscriberRedis,
    logFailure('user_message_delivery', 'a message to a user could not be delivered'),
  )
  const peerMessages = createPeerMessages(
    redis,
    subscriberRedis,
    logFailure('peer_message_delivery', 'a message from another API process could not be delivered'),
  )
  const userMessages = createUserMessages({ redis, publish: nchanPublisher.publishToUser })
  const history = createCallHistoryStore(db)
  const clear = createClearance({ policy, doNotCall: createDoNotCall(db) })
  const placedCalls = createPlacedCallStore(db)
  const callModule = createCallModule({
    config,
    policy,
    clearance: clear,
    redis,
    users,
    reachOf,
    history,
    placedCalls,
    statusStore: createUserStatusStore(db),
    onlineUsers: createOnlineUsersReader(redis),
    userMessages,
    snapshots,
    log,
    now,
    monotonic,
  })
  const { calls, statuses, directory, presence } = callModule

  // From an account to an extension that rings.
  const registrationRateLimiter = createRateLimiter(redis, { surface: 'register', perAddress })
  const media = createMediaFolders(config.mediaRoot)
  const provisioning = createProvisioningModule({
    media,
    config,
    db,
    redis,
    users,
    passwords,
    rateLimiter: registrationRateLimiter,
    policy,
    verifier: tokenVerifier,
    log,
    now,
  })

  // The surfaces.
  const guard = createGuard(tokenVerifier)
  const { allowedOrigins } = config
  const accounts = createAccounts({ users, passwords, policy })
  const callCenter = createCallCenter({
    guard,
    config,
    db,
    redis,
    users,
    accounts,
    changes,
    passwords,
    sessions,
    login: createLoginFor('crm', perAddress),
    registrationRateLimiter,
    tokenVerifier,
    callModule,
    provisioning,
    policy,
    clear,
    history,
    placedCalls,
    mediaLinks,
    log,
    now,
    monotonic,
  })
  const tickets = createStreamTicketStore(redis)
  const app = createApp({
    mikopbx: createMikopbxRoutes({
      tokenVerifier,
      login: createLoginFor('mikopbx', config.mikopbxLogins),
      sessions,
      allowedOrigins,
      refreshAttempts: createAddressAttempts(redis, {
        surface: 'mikopbx-refresh',
        perAddress: config.mikopbxRefreshes,
      }),
      refreshTtl: config.refreshTtl,
      log,
    }),
    v1: createV1Routes({
      guard,
      sessions,
      history: { guard, history, reachOf, mediaLinks, policy },
      calls: { guard, calls, statuses, directory, isOnline: callModule.isOnline },
      log,
    }),
    voip: createVoipRoutes({
      guard,
      login: createLoginFor('voip', perAddress),
      users,
      sessions,
      sessionUses: sessionStore,
      selfRegistration: createSelfRegistration({ accounts, users, media }),
      // That document has no invitations, and whoever asks chooses an extension.
      registration: config.registration === 'open' ? 'open' : 'closed',
      registerThrottle: registrationRateLimiter,
      changes,
      calls,
      history,
      statuses,
      directory,
      presence,
      countSockets: () => voipSocket.size(),
      timeZone: config.timeZone,
      accessTtl: Math.min(config.voipAccessTtl, maxTokenLifetimeS),
      now,
      monotonic,
      log,
    }),
    softphone: createSoftphoneRoutes({
      guard,
      tokenVerifier,
      login: createLoginFor('softphone', perAddress),
      sessions,
      users,
      mediaLinks,
      streamTickets: createStreamTickets(tickets),
      streamRenewal: createStreamRenewal(createStreamRenewalPublisher(redis)),
      snapshots,
      log,
    }),
    onboarding: createOnboardingRoutes({
      guard,
      login: createLoginFor('onboarding', perAddress),
      registration: provisioning.registration,
      credentials: provisioning.credentials,
      links: provisioning.links,
      publicUrlSettings: { publicUrl: config.publicUrl, appUrl: config.appUrl, allowedOrigins },
      qrDataUri,
      log,
    }),
    crm: callCenter.app,
    keyring,
    allowedOrigins,
    pbx: () => (config.pbx === undefined ? 'none' : callModule.isOnline() ? 'online' : 'away'),
    ready() {
      const age = cache.ageMs(monotonic())
      const revocationAgeMs = Number.isFinite(age) ? Math.round(age) : null
      const since = issuingSince()
      const ready = since !== undefined && toUnixSeconds(now()) >= since
      return { ready, revocationBoundMs: maxStalenessMs, revocationAgeMs }
    },
    log,
  })

  // Streams whose sidecar does not answer have nobody else who ends them.
  const { sidecarSockets: sidecars, nginxSockets: instances } = config
  const streamControl = createStreamControl(sidecars, instances)
  const sidecarWatchdog = createSidecarWatchdog({ sidecars, instances, ...streamControl, monotonic, log })
  const jobs = [
    startInterval(
      250,
      async () => sidecarWatchdog.tick(),
      logFailure('sidecar_watchdog', 'the sidecars cannot be watched'),
    ),
    startInterval(
      250,
      () => revocationPublisher.tick(),
      logFailure('revocation_publish', 'revocations could not be published'),
    ),
    startInterval(
      500,
      () => nchanPublisher.republishMissing(snapshotStore),
      logFailure('snapshot_republish', 'snapshots could not be published again'),
    ),
    startInterval(
      1_000,
      async () => cache.prune(now() / 1000, 20_000),
      logFailure('revocation_cache_prune', 'expired revocations could not be removed from the cache'),
    ),
  ]
  const { historyDays } = config
  if (historyDays !== undefined) {
    const past = createPurgeStore(db)
    const purge = async () => {
      const removed = await purgeHistory(past, toUnixSeconds(now()) - historyDays * 86_400)
      if (removed.calls > 0) log.info({ event: 'history_purged', ...removed }, 'old calls were deleted')
    }
    jobs.push(
      startInterval(3_600_000, purge, logFailure('call_history_purge', 'old calls could not be deleted')),
    )
  }
  const voipSocket = createVoipSocket({
    tokenVerifier,
    tickets,
    allowedOrigins,
    calls,
    statuses,
    peerMessages,
    userMessages: hearing,
    directory,
    monotonic,
    maxPerUser: config.maxSocketsPerUser,
    log,
    onOpen: () => onlineHeartbeat.changed(),
  })
  const onlineHeartbeat = startOnlineHeartbeat({
    redis,
    instance: newId(),
    onlineReport: () => ({ online: [...voipSocket.users()], listening: [...voipSocket.users()] }),
  })
  const server = createServer(
    { keepAliveTimeout: 75_000, maxHeaderSize: MAX_HEADER_BYTES },
    getRequestListener(app.fetch),
  )
  server.on('upgrade', voipSocket.upgrade)
  server.on('clientError', handleClientError)
  callModule.open()
  provisioning.open()
  callCenter.open()
  await listenOn(server, config.socket)
  log.info({ event: 'listening', socket: config.socket }, 'the api listens')

  onShutdown(log, async () => {
    server.close()
    server.closeIdleConnections()
    for (const chore of jobs) chore.stop()
    voipSocket.close()
    await onlineHeartbeat.stop()
    await callCenter.close()
    await callModule.close()
    await provisioning.close()
    keyring.close()
    await revocationLogReader.stop()
    redis.disconnect()
    subscriberRedis.disconnect()
    await streamControl.close()
    await nchanPublisher.close()
    await db.close()
  })
}

main().catch(exitWithStartupError('api', NewerDatabaseError))
