import { isDeepStrictEqual } from 'node:util'
import { createListeners } from '../../../runtime/listeners.ts'
import { createBridges } from './bridges.ts'
import { callOf } from './build-call.ts'
import type { Call } from './call.ts'
import { createChannelBook, createForgotten, type KnownChannel } from './channel-registry.ts'
import { createLiveCalls } from './live-calls.ts'
import type { Fact, OriginateFact, PbxTime } from './pbx-events.ts'
import { type Entry, isOver, newEntry, passed } from './tracked-call.ts'

/** The calls of one PBX, as the facts tell them: the same for all who heard the same facts, in any order. */
export interface CallTable {
  /** Facts of channels, of dialling, of originates and of the clock; others are ignored. */
  hear(fact: Fact): void
  /**
   * Takes for gone what the PBX no longer has, with no cause: no API listened as it ended.
   * @param channels all that the PBX had at `at`
   * @param at by the PBX's clock, like all facts; what was heard of since then is left alone
   */
  reconcile(channels: ReadonlySet<string>, at: PbxTime): void
  /** Oldest first. */
  live(): readonly Call[]
  /** Live, or over for less than `keepEndedMs`. */
  find(id: string): Call | undefined
  /** Calls with a leg of this endpoint that is not over, oldest first. */
  ofEndpoint(endpoint: string): readonly Call[]
  /** Told once after each burst for each call that looks different, its end included. */
  onChange(listener: CallListener): () => void
  /** Tells now. */
  flush(): void
  /** Forgets what ended long ago, and sees what has settled. Call it every second or so. */
  sweep(): void
  /** How much is held, for tests and metrics. */
  size(): { calls: number; live: number; channels: number; forgotten: number }
}

export type CallListener = (call: Call, before: Call | undefined) => void

export interface CallTableNeeds {
  /** @param numbers that a channel of it showed: a phone shows its own, a trunk those of others */
  isOwnEndpoint(endpoint: string, numbers: ReadonlySet<string>): boolean
  /** A listener threw: the others hear of the call all the same. */
  onTrouble(err: unknown): void
  /** Unix ms. */
  now(): number
  /** How long calls that are over can be found, 60 s by default: late facts still change them. */
  keepEndedMs?: number
  /** Runs the work after the burst that is being heard, as `setImmediate` does. */
  later(work: () => void): void
}

const KEEP_ENDED_MS = 60_000
/** A dialplan goes from an answered phone to the next step within milliseconds. */
const SETTLES_MS = 1_000
const MOST_FORGOTTEN = 20_000

export function createCallTable(needs: CallTableNeeds): CallTable {
  const { isOwnEndpoint, now, later, keepEndedMs = KEEP_ENDED_MS } = needs
  const book = createChannelBook()
  const entries = new Map<string, Entry>()
  const bridges = createBridges()
  const live = createLiveCalls()
  const forgotten = createForgotten(MOST_FORGOTTEN)
  /** Heard of since they were last told. */
  const changed = new Set<Entry>()
  const listeners = createListeners<Parameters<CallListener>>(needs.onTrouble)
  let strays = new Set<string>()
  let tellsLater = false

  const hear = (fact: Fact) => {
    if (fact.kind === 'originate') hearOriginate(fact)
    else if (fact.kind === 'clock') putBack(fact.back)
    else if (fact.kind === 'channel' || fact.kind === 'gone' || fact.kind === 'dial') {
      const before = book.find(fact.kind === 'dial' ? fact.to : fact.id)?.known.bridge
      const channel = book.hear(fact)
      if (channel === undefined) return
      for (const mate of bridges.update(channel, before)) touchAll(mate)
      touchAll(channel)
    }
  }

  return {
    hear,
    reconcile(channels, at) {
      for (const { id, gone, lastHeard } of book.all()) {
        if (gone !== undefined || lastHeard > at || channels.has(id)) continue
        hear({ kind: 'gone', id, at, cause: undefined })
      }
    },
    live: () => current().all(),
    find(id) {
      const entry = entries.get(id)
      return entry && view(entry)
    },
    ofEndpoint: (endpoint) => current().ofEndpoint(endpoint),
    onChange: listeners.add,
    flush,
    sweep() {
      const at = now()
      for (const { id, state } of live.all()) {
        const entry = entries.get(id)
        if (entry !== undefined && state === 'ringing' && at - entry.heardAt >= SETTLES_MS) look(entry)
      }
      for (const entry of entries.values()) {
        if (entry.overSince !== undefined && at - entry.overSince >= keepEndedMs) forget(entry)
      }
      sweepStrays()
    },
    size: () => ({ calls: entries.size, live: live.size(), ...book.size() }),
  }

  function hearOriginate(fact: OriginateFact) {
    const entry = book.isForgotten(fact.id) ? undefined : entryOf(fact.id)
    if (entry === undefined) return
    const held = entry.originate
    if (held === undefined || fact.at > held.at || (fact.at === held.at && fact.reason > held.reason)) {
      entry.originate = fact
    }
    touch(entry)
  }

  /** Calls that are over stay as they were reported. */
  function putBack(by: PbxTime) {
    book.putBack(by)
    for (const entry of entries.values()) {
      if (entry.overSince !== undefined && entry.channels.size > 0) continue
      if (entry.originate !== undefined) entry.originate = { ...entry.originate, at: entry.originate.at - by }
      look(entry)
    }
  }

  /** @returns undefined for a call that was over and is forgotten */
  function entryOf(id: string): Entry | undefined {
    if (forgotten.has(id)) return undefined
    const known = entries.get(id)
    if (known !== undefined) return known
    const entry = newEntry(id, now())
    entries.set(id, entry)
    return entry
  }

  function touchAll(channel: KnownChannel) {
    for (const callId of channel.calls.keys()) {
      const entry = entryOf(callId)
      entry?.channels.add(channel)
      if (entry !== undefined) touch(entry)
    }
  }

  function callIdOf(channel: KnownChannel): string | undefined {
    return bridges.callIdOf(channel, bornAt)
  }

  function bornAt(callId: string): PbxTime {
    const channels = [...(entries.get(callId)?.channels ?? [])]
    return Math.min(...channels.map(({ known, firstHeard }) => known.bornAt ?? firstHeard))
  }

  function membersOf({ id, channels }: Entry): Set<KnownChannel> {
    const mates = [...channels].flatMap((channel) => [...bridges.matesOf(channel)])
    return new Set([...channels, ...mates.filter((mate) => callIdOf(mate) === id)])
  }

  function touch(entry: Entry) {
    entry.heardAt = now()
    look(entry)
  }

  function look(entry: Entry) {
    entry.stale = true
    changed.add(entry)
    if (tellsLater) return
    tellsLater = true
    later(flush)
  }

  function view(entry: Entry): Call | undefined {
    if (!entry.stale) return entry.call
    entry.stale = false
    const settled = entry.settled || now() - entry.heardAt >= SETTLES_MS
    const { id, originate, told } = entry
    const facts = {
      id,
      originate,
      channels: membersOf(entry),
      callOfChannel: callIdOf,
      isOwnEndpoint,
      settled,
    }
    entry.call = callOf(facts) ?? (told && passed(told, entry))
    entry.settled = settled && entry.call?.state === 'up'
    live.put(id, entry.call)
    entry.overSince = isOver(entry) ? (entry.overSince ?? now()) : undefined
    return entry.call
  }

  function current() {
    for (const entry of changed) view(entry)
    return live
  }

  function flush() {
    tellsLater = false
    // All of them before a listener is called: it may ask for the others.
    current()
    const burst = [...changed]
    changed.clear()
    for (const entry of burst) {
      const before = entry.told
      const call = view(entry)
      if (call === undefined || isDeepStrictEqual(call, before)) continue
      entry.told = call
      listeners.tell(call, before)
    }
  }

  function forget(entry: Entry) {
    entries.delete(entry.id)
    changed.delete(entry)
    forgotten.add(entry.id)
    for (const { id, gone, calls } of entry.channels) {
      if (gone !== undefined && [...calls.keys()].every((callId) => !entries.has(callId))) book.forget(id)
    }
  }

  /** Channels that ended and of which no call was ever heard, the second time they are met. */
  function sweepStrays() {
    const met = new Set<string>()
    for (const { id, gone, calls } of book.all()) {
      if (gone === undefined || calls.size > 0) continue
      if (strays.has(id)) book.forget(id)
      else met.add(id)
    }
    strays = met
  }
}
