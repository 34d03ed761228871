import { createServer } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { startOnlineHeartbeat } from '../contract/online-heartbeat.ts'
import { readEnv } from '../runtime/env.ts'
import { createLog, failureLogger, type Logger } from '../runtime/log.ts'
import { connectRedis } from '../runtime/redis.ts'
import { exitOnUncaughtError, exitWithStartupError, onShutdown } from '../runtime/shutdown.ts'
import { listenOn } from '../runtime/unix-socket.ts'
import { Config } from './config/config.ts'
import { watchDialPolicyFile } from './config/dial-policy-file.ts'
import { newId } from './core/auth/tokens.ts'
import { createClearance } from './core/dial-policy/clearance.ts'
import { createSnapshots } from './core/messaging/snapshots.ts'
import { handleClientError } from './http/client-error.ts'
import { createGuard } from './http/guard.ts'
import { createNchanPublisher } from './nchan/publisher.ts'
import { createStreamControl } from './nchan/stream-control.ts'
import { createMediaFolders } from './store/files/media-folders.ts'
import { createOnlineUsersReader } from './store/redis/online-users.ts'
import { createPeerMessages } from './store/redis/peer-messages.ts'
import { createRateLimiter } from './store/redis/rate-limiter.ts'
import { createSnapshotStore } from './store/redis/snapshots.ts'
import { createUserMessageSubscriber, createUserMessages } from './store/redis/user-messages.ts'
import { createDoNotCall } from './store/sql/call-center/do-not-call.ts'
import { createCallHistoryStore } from './store/sql/calls/call-history.ts'
import { createPlacedCallStore } from './store/sql/calls/placed-calls.ts'
import { createSupervisionStore } from './store/sql/calls/supervisions.ts'
import { type Database, openDatabase } from './store/sql/database.ts'
import { migrate, NewerDatabaseError, requireKnownMigrations } from './store/sql/migrate.ts'
import { createUserStatusStore } from './store/sql/presence/user-statuses.ts'
import { createAccountImportModule } from './wiring/account-imports.ts'
import { createAuthModule } from './wiring/auth.ts'
import { createCallCenter } from './wiring/call-center/call-center.ts'
import { createCallModule } from './wiring/calls.ts'
import { startJobs } from './wiring/jobs.ts'
import { createProvisioningModule } from './wiring/provisioning.ts'
import { createSurfaces } from './wiring/surfaces.ts'
import { createOutgoingWebhooks } from './wiring/webhooks.ts'

/** nginx accepts four header lines of 8 kB each: what it forwards must not be too large here. */
const MAX_HEADER_BYTES = 65_536

async function main() {
  const config = readEnv(Config)
  const log = createLog('api', config.logLevel)
  exitOnUncaughtError(log)
  const { now } = Date
  const monotonic = () => performance.now()
  const logFailure = failureLogger(log)

  // SQL is the durable truth; Redis distributes it to all processes.
  const db = await openMigratedDatabase(config.databaseUrl, log)
  const redis = connectRedis(config.redisUrl, () => {}, 1_500)
  await redis.connect().catch(logFailure.once('redis_connect', 'Redis cannot be reached'))

  const policy = watchDialPolicyFile(
    config.dialPolicyPath,
    logFailure('dial_policy_read', 'the dial policy cannot be read; the previous one stays in force'),
  )
  const auth = createAuthModule({ config, db, redis, policy, log, now, monotonic })
  const { users, newPasswords, sessions, tokenVerifier, accounts, accountAdmin, mediaLinks, reachOf } = auth

  // Messages to users and to other API processes.
  const subscriberRedis = connectRedis(config.redisUrl, () => {})
  const userMessageSubscriber = createUserMessageSubscriber(
    subscriberRedis,
    logFailure.once('user_message_delivery', 'a message to a user could not be delivered'),
  )
  const peerMessages = createPeerMessages(
    redis,
    subscriberRedis,
    logFailure.once('peer_message_delivery', 'a message from another API process could not be delivered'),
  )
  const nchanPublisher = createNchanPublisher(config.nginxSockets)
  const userMessages = createUserMessages({ redis, publish: nchanPublisher.publishToUser })
  const snapshotStore = createSnapshotStore(redis, newId)
  const snapshots = createSnapshots({ store: snapshotStore, publisher: nchanPublisher })

  // Modules.
  const history = createCallHistoryStore(db)
  const placedCalls = createPlacedCallStore(db)
  const clearance = createClearance({ policy, doNotCall: createDoNotCall(db) })
  const callModule = createCallModule({
    ...{ config, policy, clearance, redis, users, reachOf, history, placedCalls, userMessages, snapshots },
    ...{ tokenVerifier, securityLog: auth.securityLog, supervisionStore: createSupervisionStore(db) },
    statusStore: createUserStatusStore(db),
    onlineUsers: createOnlineUsersReader(redis),
    ...{ log, now, monotonic },
  })
  const registrationRateLimiter = createRateLimiter(redis, {
    surface: 'register',
    perAddress: config.perAddress,
  })
  const media = createMediaFolders(config.mediaRoot)
  const provisioning = createProvisioningModule({
    ...{ media, config, db, redis, users, policy, log, now },
    passwords: newPasswords,
    rateLimiter: registrationRateLimiter,
    verifier: tokenVerifier,
  })
  const guard = createGuard(tokenVerifier, auth.serviceTokenUse)
  const callCenter = createCallCenter({
    ...{ guard, config, db, redis, users, accounts, sessions, tokenVerifier, mediaLinks },
    passwords: { hash: newPasswords.hash, verify: auth.passwords.verify },
    ...{ registrationRateLimiter, callModule, provisioning, policy, history, placedCalls, userMessages },
    changes: accountAdmin,
    securityLog: auth.securityLog,
    login: auth.createLoginFor('crm', config.perAddress),
    clear: clearance,
    ...{ log, now, monotonic },
  })
  const outgoingWebhooks = createOutgoingWebhooks({
    ...{ config, db, callModule, securityLog: auth.securityLog, log, now },
  })
  const accountImports = createAccountImportModule({
    ...{ config, db, redis, auth, policy, log, now, monotonic },
  })
  const streamControl = createStreamControl(config.sidecarSockets, config.nginxSockets)
  const { app, upgrade, voipSocket, phoneSocket } = createSurfaces({
    ...{ config, db, redis, guard, auth, callModule, provisioning, callCenter, registrationRateLimiter },
    ...{
      accountImports,
      media,
      streamControl,
      outgoingWebhooks,
      policy,
      history,
      snapshots,
      peerMessages,
      userMessageSubscriber,
      log,
      now,
      monotonic,
    },
    onSocketOpen: () => onlineHeartbeat.changed(),
  })

  const jobs = startJobs({
    ...{ config, db, auth, streamControl, nchanPublisher, snapshotStore, log, now, monotonic },
  })
  const onlineHeartbeat = startOnlineHeartbeat({
    redis,
    processId: newId(),
    onlineReport: () => ({ online: [...voipSocket.users()], listening: [...voipSocket.users()] }),
  })
  const server = createServer(
    { keepAliveTimeout: 75_000, maxHeaderSize: MAX_HEADER_BYTES },
    getRequestListener(app.fetch),
  )
  server.on('upgrade', upgrade)
  server.on('clientError', handleClientError)
  auth.openDirectories()
  callModule.open()
  provisioning.open()
  accountImports.open()
  callCenter.open()
  outgoingWebhooks.open()
  await listenOn(server, config.socket)
  log.info({ event: 'listening', socket: config.socket }, 'the api listens')

  onShutdown(log, async () => {
    server.close()
    server.closeIdleConnections()
    jobs.stop()
    voipSocket.close()
    phoneSocket.close()
    await onlineHeartbeat.stop()
    await callCenter.close()
    await callModule.close()
    await outgoingWebhooks.close()
    await provisioning.close()
    await accountImports.close()
    await auth.close()
    redis.disconnect()
    subscriberRedis.disconnect()
    await streamControl.close()
    await nchanPublisher.close()
    await db.close()
  })
}

/** @throws {NewerDatabaseError} where a newer version has migrated the database */
async function openMigratedDatabase(url: string, log: Logger): Promise<Database> {
  const logFailure = failureLogger(log)
  await migrate(url)
  const db = await openDatabase(url, {
    onIdleError: logFailure.once('database_idle_connection', 'the database closed an idle connection'),
  })
  // A newer version may have migrated it in between.
  await requireKnownMigrations(db).catch((err) => {
    if (err instanceof NewerDatabaseError) throw err
    logFailure.once('database_version_check', 'the version of the database is unknown')(err)
  })
  return db
}

main().catch(exitWithStartupError('api', NewerDatabaseError))
