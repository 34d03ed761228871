import { isDeepStrictEqual } from 'node:util'
import { createListeners } from '../../../runtime/listeners.ts'
import { createBridges } from './bridges.ts'
import { buildCall } from './build-call.ts'
import type { Call } from './call.ts'
import { isSupervisionId } from './call-id.ts'
import { createChannelRegistry, type TrackedChannel } from './channel-registry.ts'
import { createLiveCalls } from './live-calls.ts'
import type { OriginateResult, PbxEvent, PbxTime } from './pbx-events.ts'
import { createRecentIds } from './recent-ids.ts'
import { closeOrphaned, hasEnded, newTrackedCall, numbersOf, type TrackedCall } from './tracked-call.ts'

/**
 * The calls of one PBX, derived from its events. Nodes that received the same events, in any order, have the
 * same calls.
 */
export interface CallTracker {
  /** Applies events of channels, dialing, originates and the clock; ignores others. */
  handle(event: PbxEvent): void
  /**
   * Ends the channels that the PBX no longer has, without a cause: no API was connected when they ended.
   * @param channels all that the PBX had at `at`
   * @param at by the PBX's clock, like all events; channels with a later event are left alone
   */
  reconcile(channels: ReadonlySet<string>, at: PbxTime): void
  /** Oldest first. */
  live(): readonly Call[]
  /** Finds a call that is live, or ended less than `retainEndedMs` ago. */
  find(id: string): Call | undefined
  /** Calls with a live leg of any of these endpoints, oldest first. */
  ofEndpoints(endpoints: readonly string[]): readonly Call[]
  /** Called after each burst of events, once for each call that has changed or ended. */
  onChange(listener: CallListener): () => void
  /** Calls the listeners now. */
  flush(): void
  /** Evicts calls that ended long ago, and updates calls that are quiet now. Call it every second or so. */
  tick(): void
  /** Number of entries, for tests and metrics. */
  size(): { calls: number; live: number; channels: number; evicted: number }
}

export type CallListener = (call: Call, before: Call | undefined) => void

export interface CallTrackerNeeds {
  /** @param numbers that a channel of the endpoint showed: a phone shows its own number, a trunk those of others */
  isOwnEndpoint(endpoint: string, numbers: ReadonlySet<string>): boolean
  /** The number of an endpoint; undefined where only its name is known. */
  numberOf?: ((endpoint: string) => string | undefined) | undefined
  /** Called with what a listener has thrown; the other listeners are called all the same. */
  onError(err: unknown): void
  /** Unix ms. */
  now(): number
  /** How long ended calls are retained, 60 s by default: late events still change them. */
  retainEndedMs?: number
  /** Runs the work after the current burst of events, as `setImmediate` does. */
  defer(work: () => void): void
}

const RETAIN_ENDED_MS = 60_000
/** A dialplan goes from an answered phone to its next step within milliseconds. */
const QUIET_AFTER_MS = 1_000
const MAX_EVICTED_IDS = 20_000

export function createCallTracker(needs: CallTrackerNeeds): CallTracker {
  const { isOwnEndpoint, now, defer, retainEndedMs = RETAIN_ENDED_MS } = needs
  const registry = createChannelRegistry()
  const trackedCalls = new Map<string, TrackedCall>()
  const bridges = createBridges()
  const live = createLiveCalls()
  const evictedIds = createRecentIds(MAX_EVICTED_IDS)
  /** Calls with an event since listeners were last called. */
  const changed = new Set<TrackedCall>()
  const listeners = createListeners<Parameters<CallListener>>(needs.onError)
  let orphans = new Set<string>()
  let isFlushScheduled = false

  const handle = (event: PbxEvent) => {
    if (event.kind === 'originate') handleOriginate(event)
    else if (event.kind === 'clock_set_back') shiftBack(event.setBackBy)
    else if (event.kind === 'channel' || event.kind === 'channel_ended' || event.kind === 'dial') {
      const before = registry.find(event.kind === 'dial' ? event.to : event.id)?.attributes.bridge
      const channel = registry.apply(event)
      if (channel === undefined) return
      for (const peer of bridges.update(channel, before)) markCallsUpdated(peer)
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
    ofEndpoints: (endpoints) => rebuildChanged().ofEndpoints(endpoints),
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

  function handleOriginate(event: OriginateResult) {
    const entry = registry.isEvicted(event.id) ? undefined : findOrCreate(event.id)
    if (entry === undefined) return
    const held = entry.originate
    if (held === undefined || event.at > held.at || (event.at === held.at && event.reason > held.reason)) {
      entry.originate = event
    }
    markUpdated(entry)
  }

  /** Calls that have ended stay as they were reported. */
  function shiftBack(by: PbxTime) {
    registry.shiftBack(by)
    for (const entry of trackedCalls.values()) {
      if (entry.endedSince !== undefined && entry.channels.size > 0) continue
      if (entry.originate !== undefined) entry.originate = { ...entry.originate, at: entry.originate.at - by }
      markStale(entry)
    }
  }

  /** @returns undefined for a call that has ended and was evicted */
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
    const peers = [...channels].flatMap((channel) => [...bridges.membersOf(channel)])
    return new Set([...channels, ...peers.filter((peer) => callIdOf(peer) === id)])
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
    const channels = channelsOf(entry)
    const input = {
      ...{ id, originate, channels },
      numbers: numbersOf(channels, trackedCalls, (one) => callIdOf(one) === id),
      currentCallIdOf: callIdOf,
      isOwnEndpoint,
      numberOf: needs.numberOf,
      isQuiet: settled,
    }
    entry.call = isSupervisionId(id)
      ? undefined
      : (buildCall(input) ?? (published && closeOrphaned(published, entry)))
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
    // Rebuild all of them before a listener is called: it may query the others.
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
    const numbers = [...entry.channels].flatMap(({ reached }) => [...reached])
    for (const { id, ended, calls } of entry.channels) {
      if (calls.size > 1) registry.addReached(id, numbers)
      if (ended !== undefined && [...calls.keys()].every((callId) => !trackedCalls.has(callId)))
        registry.evict(id)
    }
  }

  /** Evicts channels that ended without ever being in a call, the second time they are found. */
  function evictOrphans() {
    const found = new Set<string>()
    for (const { id, ended, calls } of registry.all()) {
      if (ended === undefined || calls.size > 0) continue
      if (orphans.has(id)) registry.evict(id)
      else found.add(id)
    }
    orphans = found
  }
}
