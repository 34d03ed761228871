import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Claims } from '../contract/claims.ts'
import { openKeyring } from '../contract/keys.ts'
import { startOnlineHeartbeat } from '../contract/online-heartbeat.ts'
import { createRevocationCache } from '../contract/revocation-cache.ts'
import { followRevocationLog } from '../contract/revocation-log.ts'
import { cohortFileOf, isCohortId, SIDECAR_TIMEOUT_MS } from '../contract/stream-instances.ts'
import { ticketKey } from '../contract/stream-ticket.ts'
import { createTokenVerifier } from '../contract/verdict.ts'
import { readEnv, SettingsError } from '../runtime/env.ts'
import { createFailureReporter, type FailureHandler } from '../runtime/failure-reporter.ts'
import { createLog, failureLogger } from '../runtime/log.ts'
import { connectRedis } from '../runtime/redis.ts'
import { EXIT_CONFIG, exitOnUncaughtError, onShutdown } from '../runtime/shutdown.ts'
import { listenOn } from '../runtime/unix-socket.ts'
import { SidecarConfig } from './config.ts'
import { createGate } from './gate.ts'
import { createHttpServer } from './http-server.ts'
import { connectInstance } from './nchan-instance.ts'
import { createNchanMemoryGuard } from './nchan-memory-guard.ts'
import { createStreamCutter } from './stream-cutter.ts'
import { createStreams } from './streams.ts'

/** A client that renews its token at the last moment is not cut for a slow network, in seconds. */
const EXPIRY_TOLERANCE_S = 5
/** Runs a job again and again, with a pause after each. */
function startInterval(ms: number, onFailure: FailureHandler, job: () => Promise<void>): { stop(): void } {
  const { succeeded, failed } = createFailureReporter(onFailure)
  const runOnce = () =>
    job()
      .then(succeeded, failed)
      .finally(() => timer.refresh())
  const timer = setTimeout(runOnce, ms).unref()
  return { stop: () => clearTimeout(timer) }
}

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
    onError: (what, err) => log.warn({ event: 'revocations', err }, what),
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
  const onError = (message: string, err?: unknown) => log.warn({ event: 'streams', err }, message)
  const cutter = createStreamCutter({
    instances,
    monotonic,
    onError,
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
    onError,
    onOpen: () => heartbeat.changed(),
  })
  revocations.onAdd((revocation) => streams.revoke(revocation))

  const commands = connectRedis(config.redisUrl, () => {}, 1_000)
  await commands.connect().catch(logFailure('redis_connect', 'Redis cannot be reached'))
  const instance = randomBytes(16).toString('hex')
  const heartbeat = startOnlineHeartbeat({ redis: commands, instance, onlineReport: streams.onlineReport })
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

  // The streams that an earlier life let in are known to nobody: they come back and are judged again.
  const cohortFile = cohortFileOf(config.socket)
  const saveCohort = () => writeFileSync(cohortFile, streams.cohort(), { mode: 0o600 })
  const previousCohort = existsSync(cohortFile) ? readFileSync(cohortFile, 'latin1') : ''
  if (isCohortId(previousCohort)) {
    streams
      .cutCohort(previousCohort)
      .catch(logFailure('earlier_streams_cut', 'streams of an earlier sidecar process could not be cut'))
  }
  saveCohort()

  let checkedAt = monotonic()
  const staleness = setInterval(() => {
    const now = monotonic()
    // The API has cut all streams by then. Those opened later need another gate, or a late DELETE would cut them too.
    const wasStalled = now - checkedAt > SIDECAR_TIMEOUT_MS
    checkedAt = now
    if (streams.count() === 0 || (revocations.ageMs(now) <= config.streamStalenessMs && !wasStalled)) return
    log.error(
      { event: 'streams_cut' },
      wasStalled
        ? 'the sidecar stood still for more than 2 s: cutting all streams'
        : 'revocations are unknown for too long: cutting all streams',
    )
    streams.cutAll().catch(logFailure('streams_cut', 'streams could not be cut'))
    saveCohort()
  }, 250)
  const tick = setInterval(() => {
    const nowS = Date.now() / 1000
    revocations.prune(nowS, 20_000)
    streams.closeExpired(
      (claims) =>
        claims.exp + EXPIRY_TOLERANCE_S <= nowS ||
        // A session that is over has no tolerance: nothing can renew it.
        (claims.sxp ?? Number.POSITIVE_INFINITY) <= nowS ||
        revocations.isRevoked(claims),
    )
  }, 1_000)
  const guardMemory = createNchanMemoryGuard({
    instances,
    cut: streams.cutInstance,
    requestRestart: cutter.requestRestart,
    monotonic,
    log,
  })
  const reconciliation = startInterval(
    500,
    logFailure('stream_reconciliation', 'open streams could not be reconciled with Nchan'),
    async () => {
      await streams.reconcile()
      await guardMemory()
    },
  )

  onShutdown(log, async () => {
    clearInterval(staleness)
    clearInterval(tick)
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

main().catch((err) => {
  // One line, and no stack for what a person can mend.
  console.error(`sidecar: ${err instanceof SettingsError ? err.message : (err.stack ?? err)}`)
  process.exit(err instanceof SettingsError ? EXIT_CONFIG : 1)
})
