import type { Redis } from 'ioredis'
import type { RevocationMemory } from '../../../contract/revocation-cache.ts'
import { EPOCH_KEY, Epoch, LOG_KEY, toFields } from '../../../contract/revocation-entries.ts'
import { isBefore, type LogReader, topOf } from '../../../contract/revocation-log.ts'
import type { Logger } from '../../../runtime/log.ts'
import type { Backlog, LedgerEntry, RevocationLedger, Revoker } from '../../core/auth/revocations.ts'
import { newId } from '../../core/auth/tokens.ts'
import { Refusal } from '../../core/refusal.ts'

export interface RevocationKeeper extends Revoker, Backlog {
  /** Looks after the log: announces what waits, and mends the log when it was lost. Call it often. */
  tend(): Promise<void>
}

export interface KeeperNeeds {
  redis: Redis
  ledger: RevocationLedger
  memory: Pick<RevocationMemory, 'apply'>
  reader: Pick<LogReader, 'state'>
  log: Logger
  now: () => number
  /** Seconds after which no token issued today is alive: entries older than that are trimmed. */
  longestLifetime: number
}

const MENDING_KEY = '{hookswitch:revocation}:mending'
const PAGE = 1_000
const PATIENCE_MS = 2_000

/** Replaces the epoch only if it is still the one that was looked at. */
const RENEW = `
local old = redis.call('GET', KEYS[1])
if (old or '') ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
`

/**
 * The API's side of the revocation log. The ledger in SQL comes first and is the truth; the log in Redis
 * spreads it. Where the log lost something, it is filled from the ledger and then given a new epoch, so
 * that no process judges by a log with holes and nobody is logged out by trouble with a store.
 */
export function createRevocationKeeper(needs: KeeperNeeds): RevocationKeeper {
  const { redis, ledger, memory, reader, log, now, longestLifetime } = needs
  let verified: string | undefined
  let purgedAtMs = 0

  /** No token that an entry before this one concerns can be alive. */
  const oldestNeeded = () => String(now() - longestLifetime * 1000)

  /** @returns the id of the last entry written */
  async function write(entries: readonly LedgerEntry[]): Promise<string> {
    const oldest = oldestNeeded()
    const batch = redis.pipeline()
    for (const entry of entries) batch.xadd(LOG_KEY, 'MINID', '~', oldest, '*', ...toFields(entry))
    const replies = (await batch.exec()) ?? []
    for (const [err] of replies) if (err !== null) throw err
    return String(replies.at(-1)?.[1] ?? '0-0')
  }

  async function announceAll(entries: readonly LedgerEntry[]): Promise<void> {
    const streamId = await write(entries)
    await ledger.announced(
      entries.map((entry) => entry.id),
      streamId,
    )
  }

  /** @returns how many there were */
  async function announceWaiting(): Promise<number> {
    for (let count = 0; ; ) {
      const waiting = await ledger.unannounced(PAGE)
      count += waiting.length
      for (const entry of waiting) memory.apply(entry)
      if (waiting.length > 0) await announceAll(waiting)
      if (waiting.length < PAGE) return count
    }
  }

  /** A Redis that is just being started again is worth a moment's wait: the alternative is a 503. */
  async function patiently(announcing: () => Promise<unknown>): Promise<void> {
    const until = now() + PATIENCE_MS
    for (;;) {
      try {
        await announcing()
        return
      } catch (cause) {
        if (now() > until) throw new Refusal('unavailable', { retryAfter: 2, cause })
        await new Promise((resolve) => setTimeout(resolve, 200))
      }
    }
  }

  async function inspect(): Promise<void> {
    const { epoch: read, doubt } = reader.state()
    const mendable = doubt === 'lost' || doubt === 'older'
    if (!mendable && (read === undefined || read.id === verified)) return

    const raw = await redis.get(EPOCH_KEY)
    const epoch = raw === null ? undefined : Epoch.parse(JSON.parse(raw))
    const known = await ledger.logState()
    const top = topOf((await redis.pipeline().xinfo('STREAM', LOG_KEY).exec())?.[0])
    const whole = known !== undefined && known.epoch === epoch?.id && !isBefore(top, known.streamId)
    if (epoch !== undefined && ((whole && doubt !== 'older') || known === undefined)) {
      // Ours and whole, or made by other processes before this database came to be.
      if (known === undefined)
        await ledger.saveLogState({ epoch: epoch.id, cutoff: epoch.cutoff, streamId: top })
      verified = epoch.id
      return
    }
    if ((await redis.set(MENDING_KEY, '1', 'PX', 30_000, 'NX')) !== 'OK') return
    try {
      await mend(raw ?? '', known?.cutoff)
    } finally {
      await redis.del(MENDING_KEY).catch(() => {})
    }
  }

  async function mend(oldEpoch: string, knownCutoff: number | undefined): Promise<void> {
    let streamId = '0-0'
    let count = 0
    for (let afterId: string | undefined; ; ) {
      const page = await ledger.live(Math.floor(now() / 1000), { limit: PAGE, ...(afterId && { afterId }) })
      if (page.length === 0) break
      streamId = await write(page)
      afterId = page.at(-1)?.id
      count += page.length
    }
    // Without a ledger that goes back, every token issued up to now is dead, to the second.
    const cutoff = knownCutoff ?? Math.floor(now() / 1000) + 1
    const epoch: Epoch = { id: newId(), cutoff }
    await ledger.saveLogState({ epoch: epoch.id, cutoff, streamId })
    const renewed = await redis.eval(RENEW, 1, EPOCH_KEY, oldEpoch, JSON.stringify(epoch))
    if (renewed === 1) {
      verified = epoch.id
      log.warn(
        { event: 'revocation_epoch', epoch: epoch.id, entries: count },
        'the revocation log has a new epoch',
      )
    }
  }

  return {
    async announce(entry) {
      memory.apply(entry)
      await patiently(() => announceAll([entry]))
    },
    announceWaiting: () => patiently(announceWaiting),
    async tend() {
      if (redis.status !== 'ready') return
      await inspect()
      const entries = await announceWaiting()
      if (entries > 0) log.info({ event: 'revocations_announced', entries }, 'announced what waited')
      if (now() - purgedAtMs > 3_600_000) {
        purgedAtMs = now()
        await ledger.purge(Math.floor(now() / 1000))
        // Also while no session ends.
        await redis.xtrim(LOG_KEY, 'MINID', '~', oldestNeeded())
      }
    },
  }
}
