import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { Claims } from '../contract/claims.ts'
import { openKeyring } from '../contract/keyring.ts'
import { startOnlineHeartbeat } from '../contract/online-heartbeat.ts'
import { createRevocationCache } from '../contract/revocation-cache.ts'
import { followRevocationLog } from '../contract/revocation-log.ts'
import { cohortFileOf } from '../contract/sidecar-cohort.ts'
import { ticketKey } from '../contract/stream-ticket.ts'
import { createTokenVerifier } from '../contract/verdict.ts'
import { readEnv } from '../runtime/env.ts'
import { startInterval } from '../runtime/interval.ts'
import { createLog, failureLogger } from '../runtime/log.ts'
import { connectRedis } from '../runtime/redis.ts'
import { exitOnUncaughtError, exitWithStartupError, onShutdown } from '../runtime/shutdown.ts'
import { listenOn } from '../runtime/unix-socket.ts'
import { SidecarConfig } from './config.ts'
import { createGate } from './gate.ts'
import { createHttpServer } from './http-server.ts'
import { connectInstance } from './nchan-instance.ts'
import { createNchanMemoryGuard } from './nchan-memory-guard.ts'
import { createStreamCutter } from './stream-cutter.ts'
import { createStreamLifecycle } from './stream-lifecycle.ts'
import { createStreams } from './streams.ts'

async function main() {
  const config = readEnv(SidecarConfig)
  const log = createLog('sidecar', config.logLevel)
  exitOnUncaughtError(log)
  const monotonic = () => performance.now()
  const logFailure = failureLogger(log)

  const keyring = openKeyring(
    config.keysFolder,
    logFailure('keys_folder_read', 'the keys folder cannot be read'),
  )
  const revocations = createRevocationCache()
  const revocationReader = followRevocationLog({
    redis: connectRedis(config.redisUrl, () => {}),
    cache: revocations,
    monotonic,
    log,
    onRenewal: ({ sessionId, until }) => streams.renew(sessionId, until),
  })
  const tokenVerifier = createTokenVerifier({
    keyring,
    revocations,
    now: Date.now,
    monotonic,
    maxStalenessMs: config.maxStalenessMs,
    maxTokenLifetimeS: config.longestLifetime,
    cacheSize: config.cacheSize,
  })

  const instances = config.instanceSockets.map((socket) => connectInstance(socket))
  const cutter = createStreamCutter({
    instances,
    monotonic,
    log,
    pause: (ms) => sleep(ms, undefined, { ref: false }),
  })
  const streams = createStreams({
    instances,
    cutter,
    newCohort: () => randomBytes(16).toString('hex'),
    monotonic,
    maxStreams: config.maxStreams,
    maxPerSession: config.maxStreamsPerSession,
    maxPerUser: config.maxStreamsPerUser,
    log,
    onOpen: () => heartbeat.changed(),
  })
  revocations.onAdd((revocation) => streams.revoke(revocation))

  const commands = connectRedis(config.redisUrl, () => {}, 1_000)
  await commands.connect().catch(logFailure.once('redis_connect', 'Redis cannot be reached'))
  const processId = randomBytes(16).toString('hex')
  const heartbeat = startOnlineHeartbeat({ redis: commands, processId, onlineReport: streams.onlineReport })
  const redeemTicket = async (ticket: string) => {
    const json = await commands.getdel(ticketKey(ticket))
    return json === null ? undefined : Claims.parse(JSON.parse(json))
  }

  const server = createHttpServer({
    gate: createGate({
      tokenVerifier,
      streams,
      canHoldStreams: () => revocations.ageMs(monotonic()) <= config.streamStalenessMs,
      redeemTicket,
    }),
    streams,
    log,
    revocationReader,
    revocationAgeMs: () => revocations.ageMs(monotonic()),
    maxStalenessMs: config.maxStalenessMs,
    streamStalenessMs: config.streamStalenessMs,
    revocationCount: revocations.size,
  })
  await listenOn(server, config.socket)
  log.info({ event: 'listening', socket: config.socket }, 'the sidecar listens')

  const lifecycle = createStreamLifecycle({
    streams,
    revocations,
    streamStalenessMs: config.streamStalenessMs,
    cohortFile: cohortFileOf(config.socket),
    now: Date.now,
    monotonic,
    log,
  })
  lifecycle.cutEarlierStreams()
  const staleStreamsTimer = setInterval(lifecycle.cutStaleStreams, 250)
  const expiryTimer = setInterval(lifecycle.closeExpired, 1_000)
  const guardMemory = createNchanMemoryGuard({
    instances,
    cut: streams.cutInstance,
    requestRestart: cutter.requestRestart,
    monotonic,
    log,
  })
  const reconciliation = startInterval(
    500,
    async () => {
      await streams.reconcile()
      await guardMemory()
    },
    logFailure('stream_reconciliation', 'open streams could not be reconciled with Nchan'),
    { pauseFirst: true },
  )

  onShutdown(log, async () => {
    clearInterval(staleStreamsTimer)
    clearInterval(expiryTimer)
    reconciliation.stop()
    server.close()
    server.closeIdleConnections()
    keyring.close()
    await revocationReader.stop()
    await heartbeat.stop()
    commands.disconnect()
    await Promise.all(instances.map((instance) => instance.close()))
  })
}

main().catch(exitWithStartupError('sidecar'))
