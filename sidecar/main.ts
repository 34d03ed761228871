import { randomBytes } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
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
import { createGate } from './gate.ts'
import { connectNginx } from './nginx.ts'
import { createStreams } from './streams.ts'

/** A client that renews its token at the last moment is not cut for a slow network, in seconds. */
const EXPIRY_TOLERANCE = 5

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

  const nginx = connectNginx(config.nginxSocket)
  const streams = createStreams({
    cut: nginx.cut,
    newGate: () => randomBytes(16).toString('hex'),
    most: config.maxStreams,
    mostPerSession: config.maxStreamsPerSession,
    onTrouble: (message, err) => log.warn({ event: 'streams', err }, message),
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

  const tick = setInterval(() => {
    const nowS = Date.now() / 1000
    memory.sweep(nowS, 20_000)
    if (streams.count() > 0 && memory.ageMs(monotonic()) > config.maxStalenessMs) {
      log.error({ event: 'streams_cut' }, 'revocations are unknown for too long: cutting all streams')
      streams.cutAll().catch(trouble('streams could not be cut'))
      saveGate()
    }
    streams.review(
      (claims) =>
        claims.exp + EXPIRY_TOLERANCE <= nowS ||
        // A session that is over has no tolerance: nothing can renew it.
        (claims.sxp ?? Number.POSITIVE_INFINITY) <= nowS ||
        memory.holdsAgainst(claims),
    )
  }, 1_000)

  leaveOnSignal(log, async () => {
    clearInterval(tick)
    server.close()
    server.closeIdleConnections()
    keyring.close()
    await reader.stop()
    await live.stop()
    commands.disconnect()
    await nginx.close()
  })
}

main().catch((err) => {
  // One line, and no stack for what a person can mend.
  console.error(`sidecar: ${err instanceof SettingsError ? err.message : (err.stack ?? err)}`)
  process.exit(err instanceof SettingsError ? 78 : 1)
})
