import type { Redis } from 'ioredis'
import type { RevocationCache } from './revocation-cache.ts'
import {
  Epoch,
  REVOCATION_EPOCH_KEY,
  REVOCATION_LOG_KEY,
  REVOCATION_PROBE_KEY,
  RevocationLogEntry,
  STREAM_RENEWALS_KEY,
  type StreamRenewalEntry,
} from './revocation-entries.ts'

/** Why what was read cannot be trusted now. `lost` and `older` are for the API to mend. */
export type StaleReason = 'starting' | 'silent' | 'lost' | 'older' | 'renewed'

const STALE_MESSAGES: Readonly<Record<StaleReason, string>> = {
  starting: 'nothing was read yet',
  silent: 'Redis does not answer as it should',
  lost: 'the epoch is gone: Redis was emptied or replaced',
  older: 'the log is older than what was read from it: Redis lost data',
  renewed: 'a new epoch: reading the log again',
}

export interface RevocationLogReader {
  /** What the last round saw: the epoch, and why the log cannot be trusted, if so. */
  state(): { epoch: Epoch | undefined; staleReason: StaleReason | undefined }
  stop(): Promise<void>
}

export interface RevocationLogReaderNeeds {
  /** A connection of its own, as reads block: no offline queue, no ready check. */
  redis: Redis
  cache: RevocationCache
  monotonic: () => number
  onError(what: string, err?: unknown): void
  onRenewal?(renewal: StreamRenewalEntry): void
  /** Gets the ids of renewals in the log itself, where 0.1 wrote them. */
  onOldRenewals?(ids: readonly string[]): void
}

/** How long Redis may hold a read back while nothing happens, in ms; also how soon a lost epoch is seen. */
const BLOCK_MS = 250
/** A round that takes longer means a hung Redis. */
const READ_TIMEOUT_MS = 2_000
const BATCH_SIZE = 10_000

/**
 * Reads the revocation log for ever into a memory. Each round also proves that Redis takes writes (when
 * it does not, nobody can revoke, and silence proves nothing) and that the log is still the one it was.
 * Memory is trusted as of the moment a round that caught up was begun.
 */
export function followRevocationLog(needs: RevocationLogReaderNeeds): RevocationLogReader {
  const { redis, cache, monotonic, onError, onRenewal, onOldRenewals } = needs
  let lastId = '0-0'
  /** The last renewal that was read; undefined until the first round has found where they end. */
  let lastRenewalId: string | undefined
  let epoch: Epoch | undefined
  let staleReason: StaleReason | undefined = 'starting'
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
    )
    // Learning is never wrong, whatever else failed.
    const [before, renewalIdBefore] = [lastId, lastRenewalId]
    const read = applyEntries(replies[4]?.[1])

    const [, rawEpoch, top, lastRenewal] = [
      replyOf(replies[0]),
      replyOf(replies[1]),
      lastIdOf(replies[2]),
      lastIdOf(replies[3]),
      replyOf(replies[4]),
    ]
    lastRenewalId ??= lastRenewal
    // Redis was emptied or replaced. To read a renewal twice changes nothing.
    if (renewalIdBefore !== undefined && isBefore(lastRenewal, renewalIdBefore)) lastRenewalId = '0-0'
    if (rawEpoch === null) return markStale('lost')
    const seen = Epoch.parse(JSON.parse(String(rawEpoch)))
    if (epoch !== undefined && seen.id !== epoch.id) {
      // Another log, or the old one rebuilt: read all of it before trusting it.
      epoch = seen
      lastId = '0-0'
      return markStale('renewed')
    }
    if (isBefore(top, before)) return markStale('older')
    epoch = seen
    if (read === BATCH_SIZE) return
    cache.markFresh(startedAt, epoch.cutoff)
    staleReason = undefined
  }

  /** The streams to read, then after which id of each. */
  function streamPositions(): string[] {
    if (onRenewal === undefined || lastRenewalId === undefined) return [REVOCATION_LOG_KEY, lastId]
    return [REVOCATION_LOG_KEY, STREAM_RENEWALS_KEY, lastId, lastRenewalId]
  }

  /** @returns how many entries of the log there were */
  function applyEntries(reply: unknown): number {
    const streams = new Map(reply as [string, StreamEntry[]][] | null | undefined) // XREAD's reply
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

  /** @returns the entry's kind, undefined where it cannot be read */
  function applyEntry(id: string, fields: readonly string[]): string | undefined {
    const entry = RevocationLogEntry.safeParse(Object.fromEntries(pairs(fields)))
    if (!entry.success) {
      onError(`an entry that cannot be read: ${id}`)
      return undefined
    }
    const { kind, key, generation, until } = entry.data
    if (kind === 'renew') onRenewal?.({ sessionId: key, until })
    else cache.add({ kind, key, generation, until })
    return kind
  }

  function markStale(why: StaleReason) {
    cache.markStale()
    setStaleReason(why)
  }

  function setStaleReason(why: StaleReason, err?: unknown) {
    if (staleReason !== why) onError(STALE_MESSAGES[why], err)
    staleReason = why
  }

  async function loop(): Promise<void> {
    while (!stopped) {
      try {
        if (redis.status === 'wait') await redis.connect()
        await readOnce()
        if (staleReason !== undefined) await sleep(50)
      } catch (err) {
        if (stopped) return
        // Not `distrust`: what is known stays good until it is too old.
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

/** An entry of a stream: its id, then names and values by turns. */
type StreamEntry = [string, string[]]

/** One reply of a pipeline, as ioredis gives it. */
type Reply = [Error | null, unknown]

async function withDeadline(replies: Promise<Reply[] | null>): Promise<Reply[]> {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new RedisTimeoutError(`no reply in ${READ_TIMEOUT_MS} ms`)),
      READ_TIMEOUT_MS,
    )
  })
  try {
    return (await Promise.race([replies, timeout])) ?? []
  } finally {
    clearTimeout(timer)
  }
}

function replyOf(reply: Reply | undefined): unknown {
  if (reply === undefined) throw new Error('a reply is missing')
  if (reply[0] !== null) throw reply[0]
  return reply[1]
}

/**
 * The last id a stream has given out, of XINFO STREAM's reply; `0-0` for one nobody wrote to yet, which is a
 * fact, not a fault.
 */
export function lastIdOf(reply: Reply | undefined): string {
  if (reply?.[0] && /no such key/i.test(reply[0].message)) return '0-0'
  const info = replyOf(reply)
  if (!Array.isArray(info)) return '0-0'
  return String(new Map(pairs(info)).get('last-generated-id') ?? '0-0')
}

/** Whether stream id `a` (`<ms>-<seq>`) comes before `b`. */
export function isBefore(a: string, b: string): boolean {
  const [aMs = 0, aSeq = 0] = a.split('-').map(Number)
  const [bMs = 0, bSeq = 0] = b.split('-').map(Number)
  return aMs < bMs || (aMs === bMs && aSeq < bSeq)
}

function pairs(flat: readonly string[]): [string, string][] {
  const all: [string, string][] = []
  for (let at = 0; at + 1 < flat.length; at += 2) all.push([String(flat[at]), String(flat[at + 1])])
  return all
}

const sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
