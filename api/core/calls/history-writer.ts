import { evictOldest } from '../../../runtime/evict-oldest.ts'
import { toUnixSeconds } from '../../../runtime/time.ts'
import type { DialLimits } from '../dial-policy/dial-limits.ts'
import type { Person } from '../directory/directory.ts'
import type { Lease } from '../lease.ts'
import { Refusal } from '../refusal.ts'
import type { Call } from './call.ts'
import type { CallParty, CallRecord, HistoryStore, PlacedCall, PlacedCallStore } from './call-history.ts'
import { isApiCall } from './call-id.ts'
import type { CallTracker } from './call-tracker.ts'
import type { CdrEvent } from './pbx-events.ts'

export interface HistoryWriterNeeds {
  tracker: Pick<CallTracker, 'find' | 'onChange'>
  history: Pick<HistoryStore, 'save' | 'enrich'>
  placedCalls: Pick<PlacedCallStore, 'find' | 'finish' | 'unfinished'>
  limits: Pick<DialLimits, 'release' | 'heartbeat'>
  lease: Pick<Lease, 'fence'>
  toCallRecord(call: Call): CallRecord
  findPerson(userId: string): Person | undefined
  /** Whether what the table knows is current: while the PBX is away nothing can be said of a call. */
  isOnline(): boolean
  now(): number
  /** Longer than a phone may ring. */
  placeTimeoutMs: number
  /** Called for a call that can never be written: it is left out. */
  onError(err: unknown, callId: string): void
}

export interface CallHistoryWriter {
  /** A record of the PBX's own: it may come before or after the call's end. */
  addCdr(cdr: CdrEvent): void
  /**
   * Writes what could not be written before, and ends what never came to be. Call it every few seconds.
   * @throws what the database throws
   */
  flush(): Promise<void>
}

/** How many calls wait to be written while the database is away, and records for a call that has not ended. */
const MAX_PENDING = 100_000

interface PendingCall {
  call: Call
  since: number
}

/** Calls in one transaction: more cost little more than one, and yet others must have their turn. */
const BATCH_SIZE = 20

const isUnavailable = (err: unknown) => err instanceof Refusal && err.code === 'unavailable'

/**
 * Writes each call that is over into the history, and settles what was dialled. Every API keeps a list of what
 * it saw end, the holder of the lease writes: one that takes over writes what its predecessor may not have.
 */
export function createHistoryWriter(needs: HistoryWriterNeeds): CallHistoryWriter {
  const { tracker, history, placedCalls, limits, lease } = needs
  /** Ended, and not yet known to be written; with the moment it ended, in ms. */
  const pending = new Map<string, PendingCall>()
  const cdrs = new Map<string, { duration: number; billable: number; since: number }>()
  let writing: Promise<void> | undefined

  tracker.onChange((call) => {
    if (call.state !== 'ended' || call.mergedIntoAnother) return
    putBounded(pending, call.id, { call, since: needs.now() })
    // A failure is not reported for each call: `tend` follows within seconds, and meets it, too.
    if (lease.fence() !== undefined) write().catch(() => {})
  })

  function write(): Promise<void> {
    writing ??= writeAll().finally(() => {
      writing = undefined
    })
    return writing
  }

  /** @throws what the database throws: what is not written waits */
  async function writeAll() {
    while (pending.size > 0) await writeBatch([...pending].slice(0, BATCH_SIZE))
    for (const [id, cdr] of cdrs) {
      const call = tracker.find(id)
      if (call !== undefined && call.state !== 'ended') continue
      const billable = call !== undefined && isAnswerUnobserved(call) ? cdr.billable : 0
      await history.enrich(id, { duration: cdr.duration, billable })
      cdrs.delete(id)
      await yieldToLoop()
    }
  }

  /** @throws {Refusal} `unavailable`: all of it waits */
  async function writeBatch(batch: readonly [id: string, entry: PendingCall][]) {
    const prepared = await Promise.all(batch.map(([, { call }]) => buildRecord(call)))
    try {
      await history.save(prepared.map(({ record }) => record))
    } catch (err) {
      if (isUnavailable(err)) throw err
      // One of them cannot be kept: the others must not wait for it for ever.
      for (const { record } of prepared) {
        await history.save([record]).catch((failure) => {
          if (isUnavailable(failure)) throw failure
          needs.onError(failure, record.id)
        })
      }
    }
    for (const [n, [id, entry]] of batch.entries()) {
      const placed = prepared[n]?.placed
      if (placed !== undefined) {
        await placedCalls.finish(id, entry.call.outcome ?? 'unknown')
        await limits.release(placed.userId, id)
      }
      cdrs.delete(id)
      // The call may have changed meanwhile: a leg that hung up late.
      if (pending.get(id) === entry) pending.delete(id)
    }
    await yieldToLoop()
  }

  async function buildRecord(call: Call): Promise<{ record: CallRecord; placed: PlacedCall | undefined }> {
    const base = needs.toCallRecord(call)
    const cdr = cdrs.get(call.id)
    const record = {
      ...base,
      duration: Math.max(base.duration, cdr?.duration ?? 0),
      billable: Math.max(base.billable, isAnswerUnobserved(call) ? (cdr?.billable ?? 0) : 0),
    }
    const placed = isApiCall(call.id) ? await placedCalls.find(call.id) : undefined
    if (placed === undefined) return { record, placed }
    // It is the user's own call, also when their phone could not be rung and is no part of it.
    const caller = needs.findPerson(placed.userId)
    return {
      placed,
      record: {
        ...record,
        fromNumber: record.fromNumber || (caller?.extension ?? ''),
        fromName: record.fromName || (caller?.name ?? ''),
        toNumber: record.toNumber || placed.number,
        parties: [...record.parties, ...callerParties(caller)],
      },
    }
  }

  /**
   * What was dialled and is not over: it lives and goes on counting, or the PBX never told of it, as a phone that
   * cannot be rung leaves no trace on some.
   */
  async function reconcilePlacedCalls() {
    const unfinished = await placedCalls.unfinished(toUnixSeconds(needs.now()) + 1)
    const before = Math.floor((needs.now() - needs.placeTimeoutMs) / 1000)
    const live: { userId: string; callId: string }[] = []
    for (const { id, userId, number, createdAt } of unfinished) {
      const call = tracker.find(id)
      if (call !== undefined && call.state !== 'ended') live.push({ userId, callId: id })
      else if (createdAt < before) {
        if (call === undefined) await recordUnobserved({ id, userId, number, createdAt })
        await placedCalls.finish(id, call?.outcome ?? 'unknown')
        await limits.release(userId, id)
      }
    }
    await limits.heartbeat(live)
  }

  /** No API listened when it ended, or it never began: its caller finds it all the same. */
  async function recordUnobserved({ id, userId, number, createdAt }: Omit<PlacedCall, 'outcome'>) {
    const caller = needs.findPerson(userId)
    const record: CallRecord = {
      id,
      direction: 'outgoing',
      fromNumber: caller?.extension ?? '',
      fromName: caller?.name ?? '',
      toNumber: number,
      toName: '',
      startedAt: createdAt,
      answeredAt: null,
      endedAt: createdAt,
      duration: 0,
      billable: 0,
      outcome: 'unknown',
      cause: null,
      recordings: [],
      parties: callerParties(caller),
    }
    await history.save([record])
  }

  return {
    addCdr({ callId, duration, billable }) {
      const known = cdrs.get(callId)
      // Of a call that we dialled the PBX counts from the moment the own phone was picked up.
      const counted = isApiCall(callId) ? 0 : billable
      putBounded(cdrs, callId, {
        duration: Math.max(duration, known?.duration ?? 0),
        billable: Math.max(counted, known?.billable ?? 0),
        since: needs.now(),
      })
    },
    async flush() {
      if (lease.fence() === undefined) {
        // What the holder writes within a few seconds need not be written again by the next holder.
        for (const held of [pending, cdrs]) {
          for (const [id, { since }] of held) if (since < needs.now() - 60_000) held.delete(id)
        }
        return
      }
      try {
        await write()
      } finally {
        if (needs.isOnline()) await reconcilePlacedCalls()
      }
    },
  }
}

/**
 * The PBX counts from the moment its dialplan answered: with a queue, a menu or a word of welcome long before a person
 * picked up. Its count is the better one only where that moment was not heard.
 */
const isAnswerUnobserved = ({ answeredAt, answeredBeforeSeen, outcome }: Call) =>
  answeredAt === undefined ? outcome === 'unknown' : answeredBeforeSeen === true

/** The caller, of whose phone nothing is known. */
const callerParties = (caller: Person | undefined): readonly CallParty[] =>
  caller === undefined ? [] : [{ userId: caller.userId, extension: caller.extension, answered: false }]

/** An embedded database is done before anything else gets its turn, so a backlog would keep all others waiting. */
const yieldToLoop = () => new Promise((resolve) => setImmediate(resolve))

function putBounded<V>(map: Map<string, V>, key: string, value: V) {
  map.delete(key)
  map.set(key, value)
  evictOldest(map, MAX_PENDING)
}
