import type { Redis } from 'ioredis'
import type { RevocationMemory } from './revocation.ts'
import { Entry, EPOCH_KEY, Epoch, LOG_KEY, PROBE_KEY, type Renewal } from './revocation-entries.ts'

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
export function followLog({ redis, memory, monotonic, onTrouble, onRenewal }: LogReaderNeeds): LogReader {
  let lastId = '0-0'
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
        .xread('COUNT', BATCH, 'BLOCK', BLOCK_MS, 'STREAMS', LOG_KEY, lastId)
        .exec(),
    )
    // Learning is never wrong, whatever else failed.
    const before = lastId
    const read = learn(replies[3]?.[1])

    const [, rawEpoch, top] = [
      replyOf(replies[0]),
      replyOf(replies[1]),
      topOf(replies[2]),
      replyOf(replies[3]),
    ]
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

  /** @returns how many entries there were */
  function learn(reply: unknown): number {
    const entries = (reply as [string, [string, string[]][]][] | null | undefined)?.[0]?.[1] ?? [] // XREAD's reply
    for (const [id, fields] of entries) {
      lastId = id
      const entry = Entry.safeParse(Object.fromEntries(pairs(fields)))
      if (!entry.success) {
        onTrouble(`an entry that cannot be read: ${id}`)
        continue
      }
      const { kind, key, generation, until } = entry.data
      if (kind === 'renew') onRenewal?.({ sessionId: key, until })
      else memory.apply({ kind, key, generation, until })
    }
    return entries.length
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
