import { isDeepStrictEqual } from 'node:util'
import { createListeners } from '../../../runtime/listeners.ts'
import { createBridges } from './bridges.ts'
import { buildCall } from './build-call.ts'
import type { Call } from './call.ts'
import { createChannelRegistry, type TrackedChannel } from './channel-registry.ts'
import { createLiveCalls } from './live-calls.ts'
import type { OriginateResult, PbxEvent, PbxTime } from './pbx-events.ts'
import { createRecentIds } from './recent-ids.ts'
import { closeOrphaned, hasEnded, newTrackedCall, type TrackedCall } from './tracked-call.ts'

/** The calls of one PBX, as the facts tell them: the same for all who heard the same facts, in any order. */
export interface CallTracker {
  /** Facts of channels, of dialling, of originates and of the clock; others are ignored. */
  handle(fact: PbxEvent): void
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
  tick(): void
  /** How much is held, for tests and metrics. */
  size(): { calls: number; live: number; channels: number; evicted: number }
}

export type CallListener = (call: Call, before: Call | undefined) => void

export interface CallTrackerNeeds {
  /** @param numbers that a channel of it showed: a phone shows its own, a trunk those of others */
  isOwnEndpoint(endpoint: string, numbers: ReadonlySet<string>): boolean
  /** A listener threw: the others hear of the call all the same. */
  onError(err: unknown): void
  /** Unix ms. */
  now(): number
  /** How long calls that are over can be found, 60 s by default: late facts still change them. */
  retainEndedMs?: number
  /** Runs the work after the burst that is being heard, as `setImmediate` does. */
  defer(work: () => void): void
}

const RETAIN_ENDED_MS = 60_000
/** A dialplan goes from an answered phone to the next step within milliseconds. */
const QUIET_AFTER_MS = 1_000
const MAX_EVICTED_IDS = 20_000

export function createCallTracker(needs: CallTrackerNeeds): CallTracker {
  const { isOwnEndpoint, now, defer, retainEndedMs = RETAIN_ENDED_MS } = needs
  const registry = createChannelRegistry()
  const trackedCalls = new Map<string, TrackedCall>()
  const bridges = createBridges()
  const live = createLiveCalls()
  const evictedIds = createRecentIds(MAX_EVICTED_IDS)
  /** Heard of since they were last told. */
  const changed = new Set<TrackedCall>()
  const listeners = createListeners<Parameters<CallListener>>(needs.onError)
  let orphans = new Set<string>()
  let isFlushScheduled = false

  const handle = (fact: PbxEvent) => {
    if (fact.kind === 'originate') handleOriginate(fact)
    else if (fact.kind === 'clock_set_back') shiftBack(fact.setBackBy)
    else if (fact.kind === 'channel' || fact.kind === 'channel_ended' || fact.kind === 'dial') {
      const before = registry.find(fact.kind === 'dial' ? fact.to : fact.id)?.attributes.bridge
      const channel = registry.apply(fact)
      if (channel === undefined) return
      for (const mate of bridges.update(channel, before)) markCallsUpdated(mate)
      markCallsUpdated(channel)
    }
  }

  return {
    handle,
    reconcile(channels, at) {
      for (const { id, ended, lastSeenAt } of registry.all()) {
        if (ended !== undefined || lastSeenAt > at || channels.has(id)) continue
        handle({ kind: 'channel_ended', id, at, cause: undefined })
      }
    },
    live: () => rebuildChanged().all(),
    find(id) {
      const entry = trackedCalls.get(id)
      return entry && rebuildIfStale(entry)
    },
    ofEndpoint: (endpoint) => rebuildChanged().ofEndpoint(endpoint),
    onChange: listeners.add,
    flush,
    tick() {
      const at = now()
      for (const { id, state } of live.all()) {
        const entry = trackedCalls.get(id)
        if (entry !== undefined && state === 'ringing' && at - entry.updatedAt >= QUIET_AFTER_MS)
          markStale(entry)
      }
      for (const entry of trackedCalls.values()) {
        if (entry.endedSince !== undefined && at - entry.endedSince >= retainEndedMs) evict(entry)
      }
      evictOrphans()
    },
    size: () => ({ calls: trackedCalls.size, live: live.size(), ...registry.size() }),
  }

  function handleOriginate(fact: OriginateResult) {
    const entry = registry.isEvicted(fact.id) ? undefined : findOrCreate(fact.id)
    if (entry === undefined) return
    const held = entry.originate
    if (held === undefined || fact.at > held.at || (fact.at === held.at && fact.reason > held.reason)) {
      entry.originate = fact
    }
    markUpdated(entry)
  }

  /** Calls that are over stay as they were reported. */
  function shiftBack(by: PbxTime) {
    registry.shiftBack(by)
    for (const entry of trackedCalls.values()) {
      if (entry.endedSince !== undefined && entry.channels.size > 0) continue
      if (entry.originate !== undefined) entry.originate = { ...entry.originate, at: entry.originate.at - by }
      markStale(entry)
    }
  }

  /** @returns undefined for a call that was over and is forgotten */
  function findOrCreate(id: string): TrackedCall | undefined {
    if (evictedIds.has(id)) return undefined
    const known = trackedCalls.get(id)
    if (known !== undefined) return known
    const entry = newTrackedCall(id, now())
    trackedCalls.set(id, entry)
    return entry
  }

  function markCallsUpdated(channel: TrackedChannel) {
    for (const callId of channel.calls.keys()) {
      const entry = findOrCreate(callId)
      entry?.channels.add(channel)
      if (entry !== undefined) markUpdated(entry)
    }
  }

  function callIdOf(channel: TrackedChannel): string | undefined {
    return bridges.callIdOf(channel, createdAtOf)
  }

  function createdAtOf(callId: string): PbxTime {
    const channels = [...(trackedCalls.get(callId)?.channels ?? [])]
    return Math.min(...channels.map(({ attributes, firstSeenAt }) => attributes.createdAt ?? firstSeenAt))
  }

  function channelsOf({ id, channels }: TrackedCall): Set<TrackedChannel> {
    const mates = [...channels].flatMap((channel) => [...bridges.membersOf(channel)])
    return new Set([...channels, ...mates.filter((mate) => callIdOf(mate) === id)])
  }

  function markUpdated(entry: TrackedCall) {
    entry.updatedAt = now()
    markStale(entry)
  }

  function markStale(entry: TrackedCall) {
    entry.stale = true
    changed.add(entry)
    if (isFlushScheduled) return
    isFlushScheduled = true
    defer(flush)
  }

  function rebuildIfStale(entry: TrackedCall): Call | undefined {
    if (!entry.stale) return entry.call
    entry.stale = false
    const settled = entry.isQuiet || now() - entry.updatedAt >= QUIET_AFTER_MS
    const { id, originate, published } = entry
    const facts = {
      id,
      originate,
      channels: channelsOf(entry),
      currentCallIdOf: callIdOf,
      isOwnEndpoint,
      isQuiet: settled,
    }
    entry.call = buildCall(facts) ?? (published && closeOrphaned(published, entry))
    entry.isQuiet = settled && entry.call?.state === 'up'
    live.put(id, entry.call)
    entry.endedSince = hasEnded(entry) ? (entry.endedSince ?? now()) : undefined
    return entry.call
  }

  function rebuildChanged() {
    for (const entry of changed) rebuildIfStale(entry)
    return live
  }

  function flush() {
    isFlushScheduled = false
    // All of them before a listener is called: it may ask for the others.
    rebuildChanged()
    const burst = [...changed]
    changed.clear()
    for (const entry of burst) {
      const before = entry.published
      const call = rebuildIfStale(entry)
      if (call === undefined || isDeepStrictEqual(call, before)) continue
      entry.published = call
      listeners.notify(call, before)
    }
  }

  function evict(entry: TrackedCall) {
    trackedCalls.delete(entry.id)
    changed.delete(entry)
    evictedIds.add(entry.id)
    for (const { id, ended, calls } of entry.channels) {
      if (ended !== undefined && [...calls.keys()].every((callId) => !trackedCalls.has(callId)))
        registry.evict(id)
    }
  }

  /** Channels that ended and of which no call was ever heard, the second time they are met. */
  function evictOrphans() {
    const met = new Set<string>()
    for (const { id, ended, calls } of registry.all()) {
      if (ended === undefined || calls.size > 0) continue
      if (orphans.has(id)) registry.evict(id)
      else met.add(id)
    }
    orphans = met
  }
}
