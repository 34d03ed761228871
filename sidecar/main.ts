import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Claims } from '../contract/claims.ts'
import { readEnv, SettingsError } from '../contract/env.ts'
import { openKeyring } from '../contract/keys.ts'
import { leaveOnSignal } from '../contract/life.ts'
import { keepAnnouncingLive } from '../contract/live-users.ts'
import { createLog, troubleFor } from '../contract/log.ts'
import { connectRedis } from '../contract/redis.ts'
import { createRevocationMemory } from '../contract/revocation.ts'
import { followLog } from '../contract/revocation-log.ts'
import { listenOn } from '../contract/socket.ts'
import { ticketKey } from '../contract/ticket.ts'
import { createJudge } from '../contract/verdict.ts'
import { createApp } from './app.ts'
import { Config } from './config.ts'
import { createCutter } from './cutter.ts'
import { createGate } from './gate.ts'
import { connectInstance } from './nginx.ts'
import { createStreams } from './streams.ts'

/** A client that renews its token at the last moment is not cut for a slow network, in seconds. */
const EXPIRY_TOLERANCE = 5
/** From here on Nchan's memory is emptied before it refuses messages: streams that hang back keep all of them. */
const FULL = 0.6
/**
 * From here on an instance is started afresh: each WebSocket that was cut leaves a channel in it for good (Nchan 1.3.6,
 * 1.3.7), of 1.6 kB.
 */
const WORN_CHANNELS = 100_000
/** Channels of streams that their clients closed go within seconds, however many. */
const WORN_FOR_MS = 60_000
/** Memory that cutting the streams does not empty within this holds what no stream needs. */
const FULL_FOR_MS = 10_000

/** How long the API lets a sidecar be silent before it cuts its streams, in ms: `api/core/stream-keeper.ts`. */
const SILENT_MS = 2_000

/** Runs a job again and again, with a pause after each; it reports its own failures. */
function every(ms: number, job: () => Promise<void>): { stop(): void } {
  const again = () =>
    job()
      .catch(() => {})
      .finally(() => timer.refresh())
  const timer = setTimeout(again, ms).unref()
  return { stop: () => clearTimeout(timer) }
}

/** Says whether something has held for so long without a break. */
function lasting(ms: number, monotonic: () => number): (holds: boolean) => boolean {
  let since: number | undefined
  return (holds) => {
    since = holds ? (since ?? monotonic()) : undefined
    return since !== undefined && monotonic() - since >= ms
  }
}

async function main() {
  const config = readEnv(Config)
  const log = createLog('sidecar', config.logLevel)
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
    gate: createGate({ judge, streams, takeTicket }),
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
  const gateFile = `${config.socket}.gate`
  const saveGate = () => writeFileSync(gateFile, streams.gate(), { mode: 0o600 })
  const oldGate = existsSync(gateFile) ? readFileSync(gateFile, 'latin1') : ''
  if (/^[0-9a-f]{32}$/.test(oldGate)) {
    streams.cutGate(oldGate).catch(trouble('the streams of an earlier life could not be cut'))
  }
  saveGate()

  let checkedAt = monotonic()
  const staleness = setInterval(() => {
    const now = monotonic()
    // After standing still for that long the API has cut all streams, and those let in since must not share their name.
    const stoodStill = now - checkedAt > SILENT_MS
    checkedAt = now
    if (streams.count() === 0 || (memory.ageMs(now) <= config.streamStalenessMs && !stoodStill)) return
    log.error(
      { event: 'streams_cut', stoodStill },
      'revocations were unknown for too long: cutting all streams',
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
  const isWorn = instances.map(() => lasting(WORN_FOR_MS, monotonic))
  const staysFull = instances.map(() => lasting(FULL_FOR_MS, monotonic))
  const upkeep = every(500, async () => {
    await streams.audit()
    for (const [at, instance] of instances.entries()) {
      const { memory: used = 0, idleChannels = 0 } = (await instance.use()) ?? {}
      if (isWorn[at]?.(idleChannels >= WORN_CHANNELS)) cutter.giveUp(at + 1, 'keeps too many channels')
      if (staysFull[at]?.(used >= FULL)) cutter.giveUp(at + 1, 'stays nearly full')
      if (used < FULL) continue
      log.error({ event: 'streams_cut', instance: at + 1 }, 'Nchan is nearly full: cutting its streams')
      await streams.cutInstance(at + 1)
    }
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
  process.exit(err instanceof SettingsError ? 78 : 1)
})
