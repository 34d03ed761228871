import { setTimeout as sleep } from 'node:timers/promises'
import type { Redis } from 'ioredis'
import { withDeadline } from '../runtime/deadline.ts'
import type { Logger } from '../runtime/log.ts'
import { isBefore, lastIdOf, pairsOf, resultOf, type StreamEntry } from '../runtime/redis-stream.ts'
import type { RevocationCache } from './revocation-cache.ts'
import {
  Epoch,
  REVOCATION_EPOCH_KEY,
  REVOCATION_LOG_KEY,
  REVOCATION_PROBE_KEY,
  RevocationLogEntry,
  ServiceTokenEntry,
  STREAM_RENEWALS_KEY,
  type StreamRenewalEntry,
} from './revocation-entries.ts'

/** Why the cache is stale. After `lost` and `older` the API rebuilds the log. */
export type StaleReason = 'starting' | 'silent' | 'lost' | 'older' | 'renewed'

const STALE_MESSAGES: Readonly<Record<StaleReason, string>> = {
  starting: 'the log has not been read yet',
  silent: 'Redis does not answer correctly',
  lost: 'the epoch is gone: Redis was emptied or replaced',
  older: 'the log ends before the last entry that was read: Redis lost data',
  renewed: 'a new epoch: reading the log again',
}

export interface RevocationLogReader {
  /** What the last read found: the epoch, and why the cache is stale; undefined while it is fresh. */
  state(): { epoch: Epoch | undefined; staleReason: StaleReason | undefined }
  stop(): Promise<void>
}

export interface RevocationLogReaderNeeds {
  /** Used by no other code, as reads block: without offline queue and ready check. */
  redis: Redis
  cache: RevocationCache
  monotonic: () => number
  log: Logger
  onRenewal?(renewal: StreamRenewalEntry): void
  /** Receives the ids of renewals in the log itself, where version 0.1 wrote them. */
  onOldRenewals?(ids: readonly string[]): void
}

/** How long Redis blocks a read while there is no new entry, in ms; also how soon a lost epoch is noticed. */
const BLOCK_MS = 250
/** If a read takes longer than this, Redis hangs; in ms. */
const READ_TIMEOUT_MS = 2_000
const BATCH_SIZE = 10_000

/**
 * Reads the revocation log into a cache until it is stopped. Each read also proves that Redis accepts writes (if it does
 * not, no process can revoke a token, and the absence of entries proves nothing) and that the log is still the same one.
 * After a read that reached the end of the log, the cache is fresh as of the start of that read.
 */
export function followRevocationLog(needs: RevocationLogReaderNeeds): RevocationLogReader {
  const { redis, cache, monotonic, log, onRenewal, onOldRenewals } = needs
  let lastId = '0-0'
  /** The last renewal that was read; undefined until the first read has found the end of their stream. */
  let lastRenewalId: string | undefined
  let epoch: Epoch | undefined
  let staleReason: StaleReason | undefined = 'starting'
  /** Whether a failure was logged since the cache was last fresh. */
  let isFailing = false
  let stopped = false

  async function readOnce(): Promise<void> {
    const startedAt = monotonic()
    const replies = await withDeadline(
      redis
        .pipeline()
        .set(REVOCATION_PROBE_KEY, '1', 'PX', 60_000)
        .get(REVOCATION_EPOCH_KEY)
        .xinfo('STREAM', REVOCATION_LOG_KEY)
        .xinfo('STREAM', STREAM_RENEWALS_KEY)
        .xread('COUNT', BATCH_SIZE, 'BLOCK', BLOCK_MS, 'STREAMS', ...streamPositions())
        .exec(),
      READ_TIMEOUT_MS,
      () => new RedisTimeoutError(`no reply in ${READ_TIMEOUT_MS} ms`),
    )
    if (replies === null) throw new Error('a reply is missing')
    // Entries are valid even if another command of the pipeline failed.
    const [before, renewalIdBefore] = [lastId, lastRenewalId]
    const read = applyEntries(replies[4]?.[1])

    const [, rawEpoch, top, lastRenewal] = [
      resultOf(replies[0]),
      resultOf(replies[1]),
      lastIdOf(replies[2]),
      lastIdOf(replies[3]),
      resultOf(replies[4]),
    ]
    lastRenewalId ??= lastRenewal
    // Redis was emptied or replaced. Reading a renewal twice has no effect.
    if (renewalIdBefore !== undefined && isBefore(lastRenewal, renewalIdBefore)) lastRenewalId = '0-0'
    if (rawEpoch === null) return markStale('lost')
    const seen = Epoch.parse(JSON.parse(String(rawEpoch)))
    if (epoch !== undefined && seen.id !== epoch.id) {
      // The log was replaced or rebuilt: the cache stays stale until all of it has been read.
      epoch = seen
      lastId = '0-0'
      return markStale('renewed')
    }
    if (isBefore(top, before)) return markStale('older')
    epoch = seen
    if (read === BATCH_SIZE) return
    cache.markFresh(startedAt, epoch.cutoff)
    if (isFailing) log.info({ event: 'revocation_log_recovered' }, 'the revocation log is read again')
    isFailing = false
    staleReason = undefined
  }

  /** The streams to read, then the last id read of each. */
  function streamPositions(): string[] {
    if (onRenewal === undefined || lastRenewalId === undefined) return [REVOCATION_LOG_KEY, lastId]
    return [REVOCATION_LOG_KEY, STREAM_RENEWALS_KEY, lastId, lastRenewalId]
  }

  /** @returns the number of entries of the log in XREAD's reply */
  function applyEntries(reply: unknown): number {
    const streams = new Map(reply as [string, StreamEntry[]][] | null | undefined) // XREAD replies so
    const entries = streams.get(REVOCATION_LOG_KEY) ?? []
    const oldRenewals: string[] = []
    for (const [id, fields] of entries) {
      lastId = id
      if (applyEntry(id, fields) === 'renew') oldRenewals.push(id)
    }
    for (const [id, fields] of streams.get(STREAM_RENEWALS_KEY) ?? []) {
      lastRenewalId = id
      applyEntry(id, fields)
    }
    if (oldRenewals.length > 0) onOldRenewals?.(oldRenewals)
    return entries.length
  }

  /** @returns the entry's kind; undefined if it is malformed */
  function applyEntry(id: string, fields: readonly string[]): string | undefined {
    const members = Object.fromEntries(pairsOf(fields))
    if (members.kind === 'service') {
      const token = ServiceTokenEntry.safeParse(members)
      if (!token.success) return reportMalformed(id)
      cache.serviceTokens.add(token.data)
      return 'service'
    }
    const entry = RevocationLogEntry.safeParse(members)
    if (!entry.success) return reportMalformed(id)
    const { kind, key, generation, until } = entry.data
    if (kind === 'renew') onRenewal?.({ sessionId: key, until })
    else cache.add({ kind, key, generation, until })
    return kind
  }

  function reportMalformed(id: string): undefined {
    log.warn({ event: 'revocation_entry_malformed', id }, 'an entry of the revocation log is malformed')
  }

  function markStale(why: StaleReason) {
    cache.markStale()
    setStaleReason(why)
  }

  function setStaleReason(why: StaleReason, err?: unknown) {
    const isNews = staleReason !== why
    staleReason = why
    // Before the first epoch nothing is lost: the API has yet to create it.
    if (!isNews || (why === 'lost' && epoch === undefined)) return
    isFailing = true
    log.warn({ event: 'revocation_log_failed', reason: why, err }, STALE_MESSAGES[why])
  }

  async function loop(): Promise<void> {
    while (!stopped) {
      try {
        if (redis.status === 'wait') await redis.connect()
        await readOnce()
        if (staleReason !== undefined) await sleep(50)
      } catch (err) {
        if (stopped) return
        // Not `markStale`: the cache stays usable until it is too old.
        setStaleReason('silent', err)
        if (err instanceof RedisTimeoutError) redis.disconnect(true)
        await sleep(100)
      }
    }
  }

  const done = loop()
  return {
    state: () => ({ epoch, staleReason }),
    async stop() {
      stopped = true
      redis.disconnect()
      await done
    },
  }
}

class RedisTimeoutError extends Error {}
