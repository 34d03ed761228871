import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Claims } from '../contract/claims.ts'
import { openKeyring } from '../contract/keys.ts'
import { keepAnnouncingLive } from '../contract/online-heartbeat.ts'
import { createRevocationMemory } from '../contract/revocation-cache.ts'
import { followLog } from '../contract/revocation-log.ts'
import { gateFileOf, isGate, SILENT_MS } from '../contract/stream-instances.ts'
import { ticketKey } from '../contract/stream-ticket.ts'
import { createJudge } from '../contract/verdict.ts'
import { readEnv, SettingsError } from '../runtime/env.ts'
import { createFailing, type Trouble } from '../runtime/failure-reporter.ts'
import { createLog, troubleFor } from '../runtime/log.ts'
import { connectRedis } from '../runtime/redis.ts'
import { EXIT_CONFIG, endOnFault, leaveOnSignal } from '../runtime/shutdown.ts'
import { listenOn } from '../runtime/unix-socket.ts'
import { Config } from './config.ts'
import { createGate } from './gate.ts'
import { createApp } from './http-server.ts'
import { connectInstance } from './nchan-instance.ts'
import { createMemoryGuard } from './nchan-memory-guard.ts'
import { createCutter } from './stream-cutter.ts'
import { createStreams } from './streams.ts'

/** A client that renews its token at the last moment is not cut for a slow network, in seconds. */
const EXPIRY_TOLERANCE = 5
/** Runs a job again and again, with a pause after each. */
function every(ms: number, onTrouble: Trouble, job: () => Promise<void>): { stop(): void } {
  const { worked, failed } = createFailing(onTrouble)
  const again = () =>
    job()
      .then(worked, failed)
      .finally(() => timer.refresh())
  const timer = setTimeout(again, ms).unref()
  return { stop: () => clearTimeout(timer) }
}

async function main() {
  const config = readEnv(Config)
  const log = createLog('sidecar', config.logLevel)
  endOnFault(log)
  const monotonic = () => performance.now()
  const trouble = troubleFor(log)

  const keyring = openKeyring(config.keysFolder, trouble('the keys folder cannot be read'))
  const memory = createRevocationMemory()
  const reader = followLog({
    redis: connectRedis(config.redisUrl, () => {}),
    memory,
    monotonic,
    onTrouble: (what, err) => log.warn({ event: 'revocations', err }, what),
    onRenewal: ({ sessionId, until }) => streams.renew(sessionId, until),
  })
  const judge = createJudge({
    keyring,
    revocations: memory,
    now: Date.now,
    monotonic,
    maxStalenessMs: config.maxStalenessMs,
    longestLifetime: config.longestLifetime,
    cacheSize: config.cacheSize,
  })

  const instances = config.instanceSockets.map((socket) => connectInstance(socket))
  const onTrouble = (message: string, err?: unknown) => log.warn({ event: 'streams', err }, message)
  const cutter = createCutter({
    instances,
    monotonic,
    onTrouble,
    pause: (ms) => sleep(ms, undefined, { ref: false }),
  })
  const streams = createStreams({
    instances,
    cutter,
    newGate: () => randomBytes(16).toString('hex'),
    monotonic,
    most: config.maxStreams,
    mostPerSession: config.maxStreamsPerSession,
    mostPerUser: config.maxStreamsPerUser,
    onTrouble,
    onOpen: () => live.changed(),
  })
  memory.onApply((revocation) => streams.revoke(revocation))

  const commands = connectRedis(config.redisUrl, () => {}, 1_000)
  await commands.connect().catch(trouble('Redis is away'))
  const instance = randomBytes(16).toString('hex')
  const live = keepAnnouncingLive({ redis: commands, instance, live: streams.live })
  const takeTicket = async (ticket: string) => {
    const json = await commands.getdel(ticketKey(ticket))
    return json === null ? undefined : Claims.parse(JSON.parse(json))
  }

  const server = createApp({
    gate: createGate({
      judge,
      streams,
      canHold: () => memory.ageMs(monotonic()) <= config.streamStalenessMs,
      takeTicket,
    }),
    streams,
    log,
    reader,
    ageMs: () => memory.ageMs(monotonic()),
    maxStalenessMs: config.maxStalenessMs,
    streamStalenessMs: config.streamStalenessMs,
    revocations: memory.size,
  })
  await listenOn(server, config.socket)
  log.info({ event: 'listening', socket: config.socket }, 'the sidecar listens')

  // The streams that an earlier life let in are known to nobody: they come back and are judged again.
  const gateFile = gateFileOf(config.socket)
  const saveGate = () => writeFileSync(gateFile, streams.gate(), { mode: 0o600 })
  const oldGate = existsSync(gateFile) ? readFileSync(gateFile, 'latin1') : ''
  if (isGate(oldGate)) {
    streams.cutGate(oldGate).catch(trouble('the streams of an earlier life could not be cut'))
  }
  saveGate()

  let checkedAt = monotonic()
  const staleness = setInterval(() => {
    const now = monotonic()
    // The API has cut all streams by then. Those opened later need another gate, or a late DELETE would cut them too.
    const stoodStill = now - checkedAt > SILENT_MS
    checkedAt = now
    if (streams.count() === 0 || (memory.ageMs(now) <= config.streamStalenessMs && !stoodStill)) return
    log.error(
      { event: 'streams_cut' },
      stoodStill
        ? 'the sidecar stood still for more than 2 s: cutting all streams'
        : 'revocations are unknown for too long: cutting all streams',
    )
    streams.cutAll().catch(trouble('streams could not be cut'))
    saveGate()
  }, 250)
  const tick = setInterval(() => {
    const nowS = Date.now() / 1000
    memory.sweep(nowS, 20_000)
    streams.review(
      (claims) =>
        claims.exp + EXPIRY_TOLERANCE <= nowS ||
        // A session that is over has no tolerance: nothing can renew it.
        (claims.sxp ?? Number.POSITIVE_INFINITY) <= nowS ||
        memory.holdsAgainst(claims),
    )
  }, 1_000)
  const guardMemory = createMemoryGuard({
    instances,
    cut: streams.cutInstance,
    giveUp: cutter.giveUp,
    monotonic,
    log,
  })
  const upkeep = every(500, trouble('streams could not be looked up'), async () => {
    await streams.audit()
    await guardMemory()
  })

  leaveOnSignal(log, async () => {
    clearInterval(staleness)
    clearInterval(tick)
    upkeep.stop()
    server.close()
    server.closeIdleConnections()
    keyring.close()
    await reader.stop()
    await live.stop()
    commands.disconnect()
    await Promise.all(instances.map((instance) => instance.close()))
  })
}

main().catch((err) => {
  // One line, and no stack for what a person can mend.
  console.error(`sidecar: ${err instanceof SettingsError ? err.message : (err.stack ?? err)}`)
  process.exit(err instanceof SettingsError ? EXIT_CONFIG : 1)
})
