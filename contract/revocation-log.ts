import type { Redis } from 'ioredis'
import type { RevocationMemory } from './revocation-cache.ts'
import {
  Entry,
  EPOCH_KEY,
  Epoch,
  LOG_KEY,
  PROBE_KEY,
  RENEWALS_KEY,
  type Renewal,
} from './revocation-entries.ts'

/** Why what was read cannot be trusted now. `lost` and `older` are for the API to mend. */
export type Doubt = 'starting' | 'silent' | 'lost' | 'older' | 'renewed'

const WORDS: Readonly<Record<Doubt, string>> = {
  starting: 'nothing was read yet',
  silent: 'Redis does not answer as it should',
  lost: 'the epoch is gone: Redis was emptied or replaced',
  older: 'the log is older than what was read from it: Redis lost data',
  renewed: 'a new epoch: reading the log again',
}

export interface LogReader {
  /** What the last round saw: the epoch, and why the log cannot be trusted, if so. */
  state(): { epoch: Epoch | undefined; doubt: Doubt | undefined }
  stop(): Promise<void>
}

export interface LogReaderNeeds {
  /** A connection of its own, as reads block: no offline queue, no ready check. */
  redis: Redis
  memory: RevocationMemory
  monotonic: () => number
  onTrouble(what: string, err?: unknown): void
  onRenewal?(renewal: Renewal): void
  /** Gets the ids of renewals in the log itself, where 0.1 wrote them. */
  onOldRenewals?(ids: readonly string[]): void
}

/** How long Redis may hold a read back while nothing happens, in ms; also how soon a lost epoch is seen. */
const BLOCK_MS = 250
/** A round that takes longer means a hung Redis. */
const ROUND_MS = 2_000
const BATCH = 10_000

/**
 * Reads the revocation log for ever into a memory. Each round also proves that Redis takes writes (when
 * it does not, nobody can revoke, and silence proves nothing) and that the log is still the one it was.
 * Memory is trusted as of the moment a round that caught up was begun.
 */
export function followLog(needs: LogReaderNeeds): LogReader {
  const { redis, memory, monotonic, onTrouble, onRenewal, onOldRenewals } = needs
  let lastId = '0-0'
  /** The last renewal that was read; undefined until the first round has found where they end. */
  let renewedTo: string | undefined
  let epoch: Epoch | undefined
  let doubt: Doubt | undefined = 'starting'
  let stopped = false

  async function round(): Promise<void> {
    const startedAt = monotonic()
    const replies = await withDeadline(
      redis
        .pipeline()
        .set(PROBE_KEY, '1', 'PX', 60_000)
        .get(EPOCH_KEY)
        .xinfo('STREAM', LOG_KEY)
        .xinfo('STREAM', RENEWALS_KEY)
        .xread('COUNT', BATCH, 'BLOCK', BLOCK_MS, 'STREAMS', ...places())
        .exec(),
    )
    // Learning is never wrong, whatever else failed.
    const [before, renewedBefore] = [lastId, renewedTo]
    const read = learn(replies[4]?.[1])

    const [, rawEpoch, top, lastRenewal] = [
      replyOf(replies[0]),
      replyOf(replies[1]),
      topOf(replies[2]),
      topOf(replies[3]),
      replyOf(replies[4]),
    ]
    renewedTo ??= lastRenewal
    // Redis was emptied or replaced. To read a renewal twice changes nothing.
    if (renewedBefore !== undefined && isBefore(lastRenewal, renewedBefore)) renewedTo = '0-0'
    if (rawEpoch === null) return distrust('lost')
    const seen = Epoch.parse(JSON.parse(String(rawEpoch)))
    if (epoch !== undefined && seen.id !== epoch.id) {
      // Another log, or the old one rebuilt: read all of it before trusting it.
      epoch = seen
      lastId = '0-0'
      return distrust('renewed')
    }
    if (isBefore(top, before)) return distrust('older')
    epoch = seen
    if (read === BATCH) return
    memory.trust(startedAt, epoch.cutoff)
    doubt = undefined
  }

  /** The streams to read, then after which id of each. */
  function places(): string[] {
    if (onRenewal === undefined || renewedTo === undefined) return [LOG_KEY, lastId]
    return [LOG_KEY, RENEWALS_KEY, lastId, renewedTo]
  }

  /** @returns how many entries of the log there were */
  function learn(reply: unknown): number {
    const streams = new Map(reply as [string, StreamEntry[]][] | null | undefined) // XREAD's reply
    const entries = streams.get(LOG_KEY) ?? []
    const oldRenewals: string[] = []
    for (const [id, fields] of entries) {
      lastId = id
      if (take(id, fields) === 'renew') oldRenewals.push(id)
    }
    for (const [id, fields] of streams.get(RENEWALS_KEY) ?? []) {
      renewedTo = id
      take(id, fields)
    }
    if (oldRenewals.length > 0) onOldRenewals?.(oldRenewals)
    return entries.length
  }

  /** @returns the entry's kind, undefined where it cannot be read */
  function take(id: string, fields: readonly string[]): string | undefined {
    const entry = Entry.safeParse(Object.fromEntries(pairs(fields)))
    if (!entry.success) {
      onTrouble(`an entry that cannot be read: ${id}`)
      return undefined
    }
    const { kind, key, generation, until } = entry.data
    if (kind === 'renew') onRenewal?.({ sessionId: key, until })
    else memory.apply({ kind, key, generation, until })
    return kind
  }

  function distrust(why: Doubt) {
    memory.doubt()
    note(why)
  }

  function note(why: Doubt, err?: unknown) {
    if (doubt !== why) onTrouble(WORDS[why], err)
    doubt = why
  }

  async function loop(): Promise<void> {
    while (!stopped) {
      try {
        if (redis.status === 'wait') await redis.connect()
        await round()
        if (doubt !== undefined) await sleep(50)
      } catch (err) {
        if (stopped) return
        // Not `distrust`: what is known stays good until it is too old.
        note('silent', err)
        if (err instanceof HungError) redis.disconnect(true)
        await sleep(100)
      }
    }
  }

  const done = loop()
  return {
    state: () => ({ epoch, doubt }),
    async stop() {
      stopped = true
      redis.disconnect()
      await done
    },
  }
}

class HungError extends Error {}

/** An entry of a stream: its id, then names and values by turns. */
type StreamEntry = [string, string[]]

/** One reply of a pipeline, as ioredis gives it. */
type Reply = [Error | null, unknown]

async function withDeadline(replies: Promise<Reply[] | null>): Promise<Reply[]> {
  let timer: NodeJS.Timeout | undefined
  const hung = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new HungError(`no reply in ${ROUND_MS} ms`)), ROUND_MS)
  })
  try {
    return (await Promise.race([replies, hung])) ?? []
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
export function topOf(reply: Reply | undefined): string {
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
