import { createServer } from 'node:http'
import { join } from 'node:path'
import { getRequestListener } from '@hono/node-server'
import { openKeyring } from '../contract/keys.ts'
import { keepAnnouncingLive } from '../contract/online-heartbeat.ts'
import { createRevocationMemory } from '../contract/revocation-cache.ts'
import { followLog } from '../contract/revocation-log.ts'
import { createJudge } from '../contract/verdict.ts'
import { readEnv, SettingsError } from '../runtime/env.ts'
import { every } from '../runtime/interval.ts'
import { createLog, troubleFor } from '../runtime/log.ts'
import { connectRedis } from '../runtime/redis.ts'
import { EXIT_CONFIG, endOnFault, leaveOnSignal } from '../runtime/shutdown.ts'
import { listenOn } from '../runtime/unix-socket.ts'
import { Config } from './config/config.ts'
import { openDialPolicy } from './config/dial-policy-file.ts'
import { createAccountChanges } from './core/auth/account-admin.ts'
import { createAccounts } from './core/auth/accounts.ts'
import { createLogin } from './core/auth/login.ts'
import { createMediaLinks } from './core/auth/media-links.ts'
import { createPasswords } from './core/auth/password.ts'
import { createRefreshSecrets } from './core/auth/refresh-token.ts'
import { createRotation } from './core/auth/refresh-token-rotation.ts'
import { createSessions } from './core/auth/sessions.ts'
import { createStreamKeeper } from './core/auth/sidecar-watchdog.ts'
import { createStreamRenewal } from './core/auth/stream-renewal.ts'
import { createStreamTickets } from './core/auth/stream-tickets.ts'
import { createFindReach } from './core/auth/supervisor-reach.ts'
import { createTokens, newId } from './core/auth/tokens.ts'
import { purgePast } from './core/calls/purge-history.ts'
import { createClearance } from './core/dial-policy/clearance.ts'
import { createSnapshots } from './core/messaging/snapshots.ts'
import { createSelfRegistration } from './core/registration/self-registration.ts'
import { createApp } from './http/app.ts'
import { answerUnreadable } from './http/client-error.ts'
import { createGuard } from './http/guard.ts'
import { createMikopbx } from './http/mikopbx/routes.ts'
import { createOnboardingRoutes } from './http/onboarding/routes.ts'
import { drawQr } from './http/qr-data-uri.ts'
import { createSoftphone } from './http/softphone/routes.ts'
import { createV1 } from './http/v1/routes.ts'
import { createVoip } from './http/voip/routes.ts'
import { createVoipSocket } from './http/voip/socket.ts'
import { createNchan } from './nchan/publisher.ts'
import { createStreamDoors } from './nchan/stream-control.ts'
import { createMediaFolders } from './store/files/media-folders.ts'
import { secretFile } from './store/files/secret-file.ts'
import { openSecurityLog } from './store/files/security-log.ts'
import { createAddressAttempts, createAttempts } from './store/redis/login-attempts.ts'
import { createLiveUsers } from './store/redis/online-users.ts'
import { createSocketWords } from './store/redis/peer-messages.ts'
import { createThrottle, type Limit } from './store/redis/rate-limiter.ts'
import { createRotationStore } from './store/redis/refresh-token-rotation.ts'
import { createRevocationKeeper } from './store/redis/revocation-publisher.ts'
import { createSnapshotStore } from './store/redis/snapshots.ts'
import { createRenewalSpreader, removeOldRenewals } from './store/redis/stream-renewals.ts'
import { createTicketStore } from './store/redis/tickets.ts'
import { createNews, createNewsHearing } from './store/redis/user-messages.ts'
import { createLedger } from './store/sql/auth/revocations.ts'
import { createSessionStore } from './store/sql/auth/sessions.ts'
import { createUserStore } from './store/sql/auth/users.ts'
import { createDoNotCall } from './store/sql/call-center/do-not-call.ts'
import { createHistoryStore } from './store/sql/calls/call-history.ts'
import { createDialledStore } from './store/sql/calls/placed-calls.ts'
import { createPastStore } from './store/sql/calls/purge-history.ts'
import { openDatabase } from './store/sql/database.ts'
import { migrate, NewerDatabaseError, refuseNewer } from './store/sql/migrate.ts'
import { createStatusStore } from './store/sql/presence/user-statuses.ts'
import { createCallCentre } from './wiring/call-center/call-center.ts'
import { createTelephony } from './wiring/calls.ts'
import { createOnboarding } from './wiring/provisioning.ts'

/** nginx takes four lines of 8 kB: what it passes on must not be too large here. */
const MAX_HEADERS = 65_536

async function main() {
  const config = readEnv(Config)
  const log = createLog('api', config.logLevel)
  endOnFault(log)
  const { now } = Date
  const monotonic = () => performance.now()
  const trouble = troubleFor(log)

  // What is kept: SQL is the truth, Redis spreads it.
  await migrate(config.databaseUrl)
  const db = await openDatabase(config.databaseUrl, {
    idleFault: trouble('the database dropped a connection'),
  })
  await refuseNewer(db).catch((err) => {
    if (err instanceof NewerDatabaseError) throw err
    trouble('the version of the database is unknown')(err)
  })
  const users = createUserStore(db, () => Math.floor(now() / 1000), config.quarantine)
  const ledger = createLedger(db)
  const redis = connectRedis(config.redisUrl, () => {}, 1_500)
  await redis.connect().catch(trouble('Redis is away'))

  // What is known of revocations, and the judge who goes by it: the same as the sidecar's.
  const keyring = openKeyring(config.keysFolder, trouble('the keys folder cannot be read'))
  const memory = createRevocationMemory()
  const reader = followLog({
    redis: connectRedis(config.redisUrl, () => {}),
    memory,
    monotonic,
    onTrouble: (what, err) => log.warn({ event: 'revocations', err }, what),
    onOldRenewals: (ids) =>
      void removeOldRenewals(redis, ids, now()).catch(trouble('old renewals could not be removed')),
  })
  const { maxStalenessMs, longestLifetime } = config
  const isKnown = () => memory.ageMs(monotonic()) <= maxStalenessMs
  const issuingSince = () => (isKnown() ? reader.state().epoch?.cutoff : undefined)
  const judge = createJudge({
    keyring,
    revocations: memory,
    now,
    monotonic,
    maxStalenessMs,
    longestLifetime,
    cacheSize: 10_000,
  })
  const revoker = createRevocationKeeper({ redis, ledger, memory, reader, log, now, longestLifetime })

  // The rules.
  const securityLog = openSecurityLog(config.securityLogPath, trouble('the security log cannot be written'))
  const tokens = createTokens({
    keyring,
    algorithm: config.algorithm,
    now,
    issuingSince,
  })
  const secrets = createRefreshSecrets(secretFile(join(config.keysFolder, 'refresh.secret')))
  const rotationStore = createRotationStore(redis)
  const sessionStore = createSessionStore(db)
  const sessions = createSessions({
    store: sessionStore,
    secrets,
    rotation: createRotation({ store: rotationStore, secrets, graceMs: config.refreshGraceMs }),
    rotationStore,
    sessionTtl: config.sessionTtl,
    onTrouble: trouble('a refresh could not be noted'),
    users,
    tokens,
    revoker,
    securityLog,
    supervisorReach: config.supervisorReach,
    now,
    accessTtl: config.accessTtl,
    refreshTtl: config.refreshTtl,
  })
  const passwords = createPasswords()
  const { perAccount, perAddress } = config
  const loginThrough = (surface: string, limit: Limit) =>
    createLogin({
      users,
      passwords,
      sessions,
      attempts: createAttempts(redis, { surface, perAddress: limit, perAccount }),
      securityLog,
    })
  const snapshotStore = createSnapshotStore(redis, newId)
  const nchan = createNchan(config.nginxSockets)
  const snapshots = createSnapshots({ store: snapshotStore, broadcaster: nchan })

  const reachOf = createFindReach(users, config.supervisorReach)
  const mediaLinks = createMediaLinks({ tokens, reachOf, now, longestLifetime })
  const policy = openDialPolicy(config.dialPolicyPath, trouble('the dial policy cannot be read'))
  const changes = createAccountChanges({
    ...{ users, passwords, sessions, revoker, policy, now, longestLifetime },
  })

  // Calls and presence, and what users are told of them.
  const hearingRedis = connectRedis(config.redisUrl, () => {})
  const hearing = createNewsHearing(hearingRedis, trouble('news could not be handled'))
  const words = createSocketWords(
    redis,
    hearingRedis,
    trouble('what another API passed on could not be handled'),
  )
  const news = createNews({ redis, publish: nchan.tell })
  const history = createHistoryStore(db)
  const clear = createClearance({ policy, doNotCall: createDoNotCall(db) })
  const dialled = createDialledStore(db)
  const telephony = createTelephony({
    config,
    policy,
    clear,
    redis,
    users,
    reachOf,
    history,
    dialled,
    statusStore: createStatusStore(db),
    liveUsers: createLiveUsers(redis),
    news,
    snapshots,
    log,
    now,
    monotonic,
  })
  const { calls, statuses, directory, presence } = telephony

  // From an account to an extension that rings.
  const registerThrottle = createThrottle(redis, { surface: 'register', perAddress })
  const media = createMediaFolders(config.mediaRoot)
  const onboarding = createOnboarding({
    media,
    config,
    db,
    redis,
    users,
    passwords,
    throttle: registerThrottle,
    policy,
    judge,
    log,
    now,
  })

  // The surfaces.
  const guard = createGuard(judge)
  const { allowedOrigins } = config
  const accounts = createAccounts({ users, passwords, policy })
  const callCentre = createCallCentre({
    guard,
    config,
    db,
    redis,
    users,
    accounts,
    changes,
    passwords,
    sessions,
    login: loginThrough('crm', perAddress),
    registerThrottle,
    judge,
    telephony,
    onboarding,
    policy,
    clear,
    history,
    dialled,
    mediaLinks,
    log,
    now,
    monotonic,
  })
  const tickets = createTicketStore(redis)
  const app = createApp({
    mikopbx: createMikopbx({
      judge,
      login: loginThrough('mikopbx', config.mikopbxLogins),
      sessions,
      allowedOrigins,
      refreshAttempts: createAddressAttempts(redis, {
        surface: 'mikopbx-refresh',
        perAddress: config.mikopbxRefreshes,
      }),
      refreshTtl: config.refreshTtl,
      log,
    }),
    v1: createV1({
      guard,
      sessions,
      history: { guard, history, reachOf, mediaLinks, policy },
      calls: { guard, calls, statuses, directory, isOnline: telephony.isOnline },
      log,
    }),
    voip: createVoip({
      guard,
      login: loginThrough('voip', perAddress),
      users,
      sessions,
      uses: sessionStore,
      selfRegistration: createSelfRegistration({ accounts, users, media }),
      // That document has no invitations, and whoever asks chooses an extension.
      registration: config.registration === 'open' ? 'open' : 'closed',
      registerThrottle,
      changes,
      calls,
      history,
      statuses,
      directory,
      presence,
      countSockets: () => socket.size(),
      timeZone: config.timeZone,
      accessTtl: Math.min(config.voipAccessTtl, longestLifetime),
      now,
      monotonic,
      log,
    }),
    softphone: createSoftphone({
      guard,
      judge,
      login: loginThrough('softphone', perAddress),
      sessions,
      users,
      mediaLinks,
      streamTickets: createStreamTickets(tickets),
      streamRenewal: createStreamRenewal(createRenewalSpreader(redis)),
      snapshots,
      log,
    }),
    onboarding: createOnboardingRoutes({
      guard,
      login: loginThrough('onboarding', perAddress),
      registration: onboarding.registration,
      credentials: onboarding.credentials,
      links: onboarding.links,
      place: { publicUrl: config.publicUrl, appUrl: config.appUrl, allowedOrigins },
      drawQr,
      log,
    }),
    crm: callCentre.app,
    keyring,
    allowedOrigins,
    pbx: () => (config.pbx === undefined ? 'none' : telephony.isOnline() ? 'online' : 'away'),
    ready() {
      const age = memory.ageMs(monotonic())
      const revocationAgeMs = Number.isFinite(age) ? Math.round(age) : null
      const since = issuingSince()
      const ready = since !== undefined && Math.floor(now() / 1000) >= since
      return { ready, revocationBoundMs: maxStalenessMs, revocationAgeMs }
    },
    log,
  })

  // Streams whose sidecar does not answer have nobody else who ends them.
  const { sidecarSockets: sidecars, nginxSockets: instances } = config
  const streamDoors = createStreamDoors(sidecars, instances)
  const streamKeeper = createStreamKeeper({ sidecars, instances, ...streamDoors, monotonic, log })
  const chores = [
    every(250, async () => streamKeeper.tick(), trouble('the sidecars cannot be watched')),
    every(250, () => revoker.tend(), trouble('the revocation log could not be tended')),
    every(500, () => nchan.remind(snapshotStore), trouble('snapshots could not be published again')),
    every(1_000, async () => memory.sweep(now() / 1000, 20_000), trouble('sweeping failed')),
  ]
  const { historyDays } = config
  if (historyDays !== undefined) {
    const past = createPastStore(db)
    const purge = async () => {
      const removed = await purgePast(past, Math.floor(now() / 1000) - historyDays * 86_400)
      if (removed.calls > 0) log.info({ event: 'history_purged', ...removed }, 'old calls were deleted')
    }
    chores.push(every(3_600_000, purge, trouble('old calls could not be deleted')))
  }
  const socket = createVoipSocket({
    judge,
    tickets,
    allowedOrigins,
    calls,
    statuses,
    words,
    hearing,
    directory,
    monotonic,
    mostPerUser: config.maxSocketsPerUser,
    log,
    onOpen: () => live.changed(),
  })
  const live = keepAnnouncingLive({
    redis,
    instance: newId(),
    live: () => ({ online: [...socket.users()], listening: [...socket.users()] }),
  })
  const server = createServer(
    { keepAliveTimeout: 75_000, maxHeaderSize: MAX_HEADERS },
    getRequestListener(app.fetch),
  )
  server.on('upgrade', socket.upgrade)
  server.on('clientError', answerUnreadable)
  telephony.open()
  onboarding.open()
  callCentre.open()
  await listenOn(server, config.socket)
  log.info({ event: 'listening', socket: config.socket }, 'the api listens')

  leaveOnSignal(log, async () => {
    server.close()
    server.closeIdleConnections()
    for (const chore of chores) chore.stop()
    socket.close()
    await live.stop()
    await callCentre.close()
    await telephony.close()
    await onboarding.close()
    keyring.close()
    await reader.stop()
    redis.disconnect()
    hearingRedis.disconnect()
    await streamDoors.close()
    await nchan.close()
    await db.close()
  })
}

main().catch((err) => {
  // One line, and no stack for what a person can mend.
  const isKnown = err instanceof SettingsError || err instanceof NewerDatabaseError
  console.error(`api: ${isKnown ? err.message : (err.stack ?? err)}`)
  process.exit(isKnown ? EXIT_CONFIG : 1)
})
