import type { DialLimits } from '../dial-policy/dial-limits.ts'
import type { Person } from '../directory/directory.ts'
import type { Lease } from '../lease.ts'
import { Refusal } from '../refusal.ts'
import type { Call } from './call.ts'
import type { CallParty, CallRecord, DialledCall, DialledStore, HistoryStore } from './call-history.ts'
import { isOurs } from './call-id.ts'
import type { CallTable } from './call-tracker.ts'
import type { CdrFact } from './pbx-events.ts'

export interface KeepingNeeds {
  table: Pick<CallTable, 'find' | 'onChange'>
  history: Pick<HistoryStore, 'save' | 'enrich'>
  dialled: Pick<DialledStore, 'find' | 'finish' | 'unfinished'>
  limits: Pick<DialLimits, 'release' | 'keep'>
  lease: Pick<Lease, 'fence'>
  recordOf(call: Call): CallRecord
  personOf(userId: string): Person | undefined
  /** Whether what the table knows is current: while the PBX is away nothing can be said of a call. */
  isOnline(): boolean
  now(): number
  /** Longer than a phone may ring. */
  askedForMs: number
  /** One call can never be written, and is left out. */
  onTrouble(what: string, err: unknown): void
}

export interface Keeping {
  /** A record of the PBX's own: it may come before or after the call's end. */
  hear(cdr: CdrFact): void
  /**
   * Writes what could not be written before, and ends what never came to be. Call it every few seconds.
   * @throws what the database throws
   */
  tend(): Promise<void>
}

/** How many calls wait to be written while the database is away, and records for a call that has not ended. */
const MOST_WAITING = 100_000

interface Waiting {
  call: Call
  since: number
}

/** Calls in one transaction: more cost little more than one, and yet others must have their turn. */
const AT_ONCE = 20

const isUnavailable = (err: unknown) => err instanceof Refusal && err.code === 'unavailable'

/**
 * Writes each call that is over into the history, and settles what was dialled. Every API keeps a list of what
 * it saw end, the holder of the lease writes: one that takes over writes what its predecessor may not have.
 */
export function createKeeping(needs: KeepingNeeds): Keeping {
  const { table, history, dialled, limits, lease } = needs
  /** Ended, and not yet known to be written; with the moment it ended, in ms. */
  const waiting = new Map<string, Waiting>()
  const cdrs = new Map<string, { duration: number; billable: number; since: number }>()
  let writing: Promise<void> | undefined

  table.onChange((call) => {
    if (call.state !== 'ended' || call.wentOn) return
    put(waiting, call.id, { call, since: needs.now() })
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
    while (waiting.size > 0) await writeSome([...waiting].slice(0, AT_ONCE))
    for (const [id, cdr] of cdrs) {
      const call = table.find(id)
      if (call !== undefined && call.state !== 'ended') continue
      const billable = call !== undefined && isUnheard(call) ? cdr.billable : 0
      await history.enrich(id, { duration: cdr.duration, billable })
      cdrs.delete(id)
      await breathe()
    }
  }

  /** @throws {Refusal} `unavailable`: all of it waits */
  async function writeSome(batch: readonly [id: string, entry: Waiting][]) {
    const made = await Promise.all(batch.map(([, { call }]) => recordFor(call)))
    try {
      await history.save(made.map(({ record }) => record))
    } catch (err) {
      if (isUnavailable(err)) throw err
      // One of them cannot be kept: the others must not wait for it for ever.
      for (const { record } of made) {
        await history.save([record]).catch((fault) => {
          if (isUnavailable(fault)) throw fault
          needs.onTrouble(`call ${record.id} cannot be kept`, fault)
        })
      }
    }
    for (const [n, [id, entry]] of batch.entries()) {
      const asked = made[n]?.asked
      if (asked !== undefined) {
        await dialled.finish(id, entry.call.outcome ?? 'unknown')
        await limits.release(asked.userId, id)
      }
      cdrs.delete(id)
      // The call may have changed meanwhile: a leg that hung up late.
      if (waiting.get(id) === entry) waiting.delete(id)
    }
    await breathe()
  }

  async function recordFor(call: Call): Promise<{ record: CallRecord; asked: DialledCall | undefined }> {
    const told = needs.recordOf(call)
    const cdr = cdrs.get(call.id)
    const record = {
      ...told,
      duration: Math.max(told.duration, cdr?.duration ?? 0),
      billable: Math.max(told.billable, isUnheard(call) ? (cdr?.billable ?? 0) : 0),
    }
    const asked = isOurs(call.id) ? await dialled.find(call.id) : undefined
    if (asked === undefined) return { record, asked }
    // It is the user's own call, also when their phone could not be rung and is no part of it.
    const caller = needs.personOf(asked.userId)
    return {
      asked,
      record: {
        ...record,
        fromNumber: record.fromNumber || (caller?.extension ?? ''),
        fromName: record.fromName || (caller?.name ?? ''),
        toNumber: record.toNumber || asked.number,
        parties: [...record.parties, ...partiesOf(caller)],
      },
    }
  }

  /**
   * What was dialled and is not over: it lives and goes on counting, or the PBX never told of it, as a phone that
   * cannot be rung leaves no trace on some.
   */
  async function settleDialled() {
    const asked = await dialled.unfinished(Math.floor(needs.now() / 1000) + 1)
    const before = Math.floor((needs.now() - needs.askedForMs) / 1000)
    const live: { userId: string; callId: string }[] = []
    for (const { id, userId, number, createdAt } of asked) {
      const call = table.find(id)
      if (call !== undefined && call.state !== 'ended') live.push({ userId, callId: id })
      else if (createdAt < before) {
        if (call === undefined) await keepUnheard({ id, userId, number, createdAt })
        await dialled.finish(id, call?.outcome ?? 'unknown')
        await limits.release(userId, id)
      }
    }
    await limits.keep(live)
  }

  /** No API listened when it ended, or it never began: its caller finds it all the same. */
  async function keepUnheard({ id, userId, number, createdAt }: Omit<DialledCall, 'outcome'>) {
    const caller = needs.personOf(userId)
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
      parties: partiesOf(caller),
    }
    await history.save([record])
  }

  return {
    hear({ callId, duration, billable }) {
      const known = cdrs.get(callId)
      // Of a call that we dialled the PBX counts from the moment the own phone was picked up.
      const counted = isOurs(callId) ? 0 : billable
      put(cdrs, callId, {
        duration: Math.max(duration, known?.duration ?? 0),
        billable: Math.max(counted, known?.billable ?? 0),
        since: needs.now(),
      })
    },
    async tend() {
      if (lease.fence() === undefined) {
        // What the holder writes within a few seconds need not be written again by the next holder.
        for (const held of [waiting, cdrs]) {
          for (const [id, { since }] of held) if (since < needs.now() - 60_000) held.delete(id)
        }
        return
      }
      try {
        await write()
      } finally {
        if (needs.isOnline()) await settleDialled()
      }
    },
  }
}

/**
 * The PBX counts from the moment its dialplan answered: with a queue, a menu or a word of welcome long before a person
 * picked up. Its count is the better one only where that moment was not heard.
 */
const isUnheard = ({ answeredAt, answerUnheard, outcome }: Call) =>
  answeredAt === undefined ? outcome === 'unknown' : answerUnheard === true

/** The caller, of whose phone nothing is known. */
const partiesOf = (caller: Person | undefined): readonly CallParty[] =>
  caller === undefined ? [] : [{ userId: caller.userId, extension: caller.extension, answered: false }]

/** An embedded database is done before anything else gets its turn, so a backlog would keep all others waiting. */
const breathe = () => new Promise((resolve) => setImmediate(resolve))

function put<V>(map: Map<string, V>, key: string, value: V) {
  map.delete(key)
  map.set(key, value)
  const [oldest] = map.keys()
  if (map.size > MOST_WAITING && oldest !== undefined) map.delete(oldest)
}
