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
  /** Whether the tracker is current: while the PBX is offline the state of a call is unknown. */
  isOnline(): boolean
  /** Hangs up a call as soon as the PBX has it, for about a minute. */
  hangUp(callId: string): Promise<void>
  now(): number
  /** Longer than a phone may ring, in ms. */
  placeTimeoutMs: number
  /** Called for a call that can never be written: it is left out. */
  onError(err: unknown, callId: string): void
}

export interface CallHistoryWriter {
  /** Takes a call detail record of the PBX: it may come before or after the end of the call. */
  addCdr(cdr: CdrEvent): void
  /**
   * Writes pending calls, and completes placed calls that the PBX never reported. Call it every few seconds.
   * @throws what the database throws
   */
  flush(): Promise<void>
}

/** Maximum number of calls that wait for the database, and of call detail records that wait for their call. */
const MAX_PENDING = 100_000

interface PendingCall {
  call: Call
  since: number
}

/** Calls per transaction. A larger batch costs little more, but other work must get its turn. */
const BATCH_SIZE = 20

const isUnavailable = (err: unknown) => err instanceof Refusal && err.code === 'unavailable'

/**
 * Writes each ended call to the history, and completes placed calls. Every API collects the calls that it saw
 * end; the holder of the lease writes. A new holder writes what its predecessor may not have written.
 */
export function createHistoryWriter(needs: HistoryWriterNeeds): CallHistoryWriter {
  const { tracker, history, placedCalls, limits, lease } = needs
  /** Ended calls that may not be written yet, with the moment when they were added, in ms. */
  const pending = new Map<string, PendingCall>()
  const cdrs = new Map<string, { duration: number; billable: number; since: number }>()
  let writing: Promise<void> | undefined

  tracker.onChange((call) => {
    if (call.state !== 'ended' || call.mergedIntoAnother) return
    putBounded(pending, call.id, { call, since: needs.now() })
    // A failure is not reported for each call: `flush` follows within seconds and fails as well.
    if (lease.fence() !== undefined) write().catch(() => {})
  })

  function write(): Promise<void> {
    writing ??= writeAll().finally(() => {
      writing = undefined
    })
    return writing
  }

  /** @throws what the database throws: unwritten calls stay pending */
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

  /** @throws {Refusal} `unavailable`: the whole batch stays pending */
  async function writeBatch(batch: readonly [id: string, entry: PendingCall][]) {
    const prepared = await Promise.all(batch.map(([, { call }]) => buildRecord(call)))
    try {
      await history.save(prepared.map(({ record }) => record))
    } catch (err) {
      if (isUnavailable(err)) throw err
      // One of them cannot be written: write each on its own, so that it does not block the others.
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
      // The call may have changed meanwhile, as when a leg ended late.
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
    // The call belongs to the user also when their phone could not be rung and no leg of it exists.
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
   * Placed calls without an outcome: a live one goes on counting. One that the PBX has not reported in time
   * is completed, as some versions leave no trace of a phone that cannot be rung.
   */
  async function reconcilePlacedCalls() {
    const unfinished = await placedCalls.unfinished(toUnixSeconds(needs.now()) + 1)
    const before = Math.floor((needs.now() - needs.placeTimeoutMs) / 1000)
    const live: { userId: string; callId: string }[] = []
    for (const { id, userId, number, createdAt } of unfinished) {
      const call = tracker.find(id)
      if (call !== undefined && call.state !== 'ended') live.push({ userId, callId: id })
      else if (createdAt < before) {
        if (call === undefined) {
          // Before the call is over for other processes, which may then call the number again. If the hang-up fails,
          // the request is still too old to be sent: see `SEND_TIMEOUT_MS`.
          await needs.hangUp(id).catch(() => {})
          await recordUnobserved({ id, userId, number, createdAt })
        }
        await placedCalls.finish(id, call?.outcome ?? 'unknown')
        await limits.release(userId, id)
      }
    }
    await limits.heartbeat(live)
  }

  /** Writes a record for a placed call that no API saw end, or that never began, so that its user finds it. */
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
      // For a call that we placed the PBX counts from the moment when the own phone answered.
      const counted = isApiCall(callId) ? 0 : billable
      putBounded(cdrs, callId, {
        duration: Math.max(duration, known?.duration ?? 0),
        billable: Math.max(counted, known?.billable ?? 0),
        since: needs.now(),
      })
    },
    async flush() {
      if (lease.fence() === undefined) {
        // The holder writes these within seconds: the next holder need not write them again.
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
 * The PBX counts from the moment when its dialplan answered: with a queue, a menu or a greeting long before a
 * person did. Its count is better only where that moment was not observed.
 */
const isAnswerUnobserved = ({ answeredAt, answeredBeforeSeen, outcome }: Call) =>
  answeredAt === undefined ? outcome === 'unknown' : answeredBeforeSeen === true

/** The caller as the only party, when the phone was never observed. */
const callerParties = (caller: Person | undefined): readonly CallParty[] =>
  caller === undefined ? [] : [{ userId: caller.userId, extension: caller.extension, answered: false }]

/** An embedded database completes without yielding, so a backlog would block all other work. */
const yieldToLoop = () => new Promise((resolve) => setImmediate(resolve))

function putBounded<V>(map: Map<string, V>, key: string, value: V) {
  map.delete(key)
  map.set(key, value)
  evictOldest(map, MAX_PENDING)
}
