import { evictOldest } from '../../../runtime/evict-oldest.ts'
import type { ChannelEnded, ChannelUpdate, DialEnd, DialUpdate, PbxChannel, PbxTime } from './pbx-events.ts'
import { createRecentIds } from './recent-ids.ts'

/** All that the events showed of one channel: the same in whatever order and however often they came. */
export interface TrackedChannel {
  readonly id: string
  readonly attributes: Readonly<Partial<PbxChannel>>
  /** Every call it was ever in, with the first and the last moment of an event that showed it there. */
  readonly calls: ReadonlyMap<string, Readonly<{ first: PbxTime; last: PbxTime }>>
  readonly firstSeenAt: PbxTime
  readonly lastSeenAt: PbxTime
  readonly upAt: PbxTime | undefined
  /** It was up already at its first event. */
  readonly wasUpWhenFirstSeen: boolean
  readonly recordingStartedAt: PbxTime | undefined
  /** The files it was recorded to, each with the moment of the first event that named it. */
  readonly recordingFiles: ReadonlyMap<string, PbxTime>
  /** All numbers it ever had. */
  readonly numbers: ReadonlySet<string>
  /** The newest numbers that it was of, was connected with or was sent to, by dialing and by transfers. */
  readonly reached: ReadonlySet<string>
  /** The endpoints it ever belonged to, each with its start: a masquerade gives it another. */
  readonly endpoints: ReadonlyMap<string, Readonly<{ since: PbxTime; name: string }>>
  /** Whether it ever was in a bridge. */
  readonly wasBridged: boolean
  /** The channel that rings it; `by` is undefined when the PBX itself rings it. */
  readonly dialed: Readonly<{ at: PbxTime; by: string | undefined }> | undefined
  readonly dialEnd: Readonly<{ at: PbxTime; end: DialEnd }> | undefined
  readonly ended: Readonly<{ at: PbxTime; cause: number | undefined }> | undefined
}

/** The state of all channels. A channel that has ended stays ended, also after it was evicted. */
export interface ChannelRegistry {
  /**
   * The PBX's clock was set back: shifts all times of live channels.
   * @param by microseconds
   */
  shiftBack(by: PbxTime): void
  /** @returns the channel, or undefined for one that was evicted: a late event does not bring it back */
  apply(event: ChannelUpdate | ChannelEnded | DialUpdate): TrackedChannel | undefined
  find(id: string): TrackedChannel | undefined
  all(): IterableIterator<TrackedChannel>
  isEvicted(id: string): boolean
  evict(id: string): void
  /** Its part in a call that is evicted: the numbers of that call stay with it. */
  addReached(id: string, numbers: Iterable<string>): void
  size(): { channels: number; evicted: number }
}

/** The registry's own, writable view of a channel. */
type MutableChannel = {
  -readonly [K in keyof TrackedChannel]: TrackedChannel[K] extends ReadonlyMap<string, infer V>
    ? Map<string, V>
    : TrackedChannel[K] extends ReadonlySet<infer V>
      ? Set<V>
      : TrackedChannel[K]
} & { since: Partial<Record<keyof PbxChannel, PbxTime>> }

/** Late events come within seconds. Even in a flood, this many channels take more than a minute to end. */
const MAX_EVICTED_IDS = 20_000
/** Maximum number of files, of numbers and of endpoints of one channel. */
const MAX_VALUES_PER_CHANNEL = 20
/** A queue that goes on to call phones changes the connected number each time. */
const MAX_REACHED = 100

/** The first value wins: later ones are guesses, or were set by the dialplan. */
const FIRST_WINS: ReadonlySet<string> = new Set<keyof PbxChannel>(['createdAt', 'dialedExtension'])
/** A state never goes back: a snapshot taken before a step may arrive after it. */
const STATE_RANK = { down: 0, dialling: 1, ringing: 2, up: 3 }

export function createChannelRegistry(): ChannelRegistry {
  const entries = new Map<string, MutableChannel>()
  const evictedIds = createRecentIds(MAX_EVICTED_IDS)

  return {
    apply(event) {
      const id = event.kind === 'dial' ? event.to : event.id
      if (evictedIds.has(id)) return undefined
      let entry = entries.get(id)
      if (entry === undefined) {
        entry = newMutableChannel(id, event.at)
        entries.set(id, entry)
      }
      entry.firstSeenAt = Math.min(entry.firstSeenAt, event.at)
      entry.lastSeenAt = Math.max(entry.lastSeenAt, event.at)
      if (event.kind === 'channel') applyUpdate(entry, event)
      else if (event.kind === 'channel_ended') applyEnded(entry, event)
      else applyDial(entry, event)
      return entry
    },
    shiftBack(by) {
      for (const entry of entries.values()) if (entry.ended === undefined) shiftChannelBack(entry, by)
    },
    find: (id) => entries.get(id),
    all: () => entries.values(),
    isEvicted: (id) => evictedIds.has(id),
    evict(id) {
      entries.delete(id)
      evictedIds.add(id)
    },
    addReached(id, numbers) {
      const entry = entries.get(id)
      if (entry !== undefined) for (const number of numbers) collectReached(entry, number)
    },
    size: () => ({ channels: entries.size, evicted: evictedIds.size() }),
  }
}

const newMutableChannel = (id: string, at: PbxTime): MutableChannel => ({
  id,
  attributes: {},
  since: {},
  calls: new Map(),
  firstSeenAt: at,
  lastSeenAt: at,
  upAt: undefined,
  wasUpWhenFirstSeen: false,
  recordingStartedAt: undefined,
  recordingFiles: new Map(),
  numbers: new Set(),
  reached: new Set(),
  endpoints: new Map(),
  wasBridged: false,
  dialed: undefined,
  dialEnd: undefined,
  ended: undefined,
})

function applyUpdate(entry: MutableChannel, { changes, at }: ChannelUpdate) {
  // The keys of a Partial<PbxChannel> are keys of PbxChannel, and each value goes where it came from.
  const known = entry.attributes as Record<string, unknown>
  for (const key of Object.keys(changes) as (keyof PbxChannel)[]) {
    const heldAt = entry.since[key]
    if (heldAt !== undefined && !supersedes(key, changes[key], at, known[key], heldAt)) continue
    known[key] = changes[key]
    entry.since[key] = at
  }
  if (changes.callId !== undefined) {
    const { first, last } = entry.calls.get(changes.callId) ?? { first: at, last: at }
    entry.calls.set(changes.callId, { first: Math.min(first, at), last: Math.max(last, at) })
  }
  if (changes.state === 'up') {
    const isFirst = entry.upAt === undefined || at < entry.upAt
    if (isFirst || at === entry.upAt)
      entry.wasUpWhenFirstSeen = changes.fromList === true && (isFirst || entry.wasUpWhenFirstSeen)
    if (isFirst) entry.upAt = at
  }
  if (changes.recording === 'on') entry.recordingStartedAt = Math.min(entry.recordingStartedAt ?? at, at)
  if (changes.bridge !== undefined) entry.wasBridged = true
  collectValues(entry, changes, at)
  const { number, connectedNumber, dialedExtension, transferredTo, deviceNumber } = changes
  for (const one of [number, connectedNumber, dialedExtension, transferredTo, deviceNumber])
    collectReached(entry, one)
}

/** The oldest make room: a caller must not fill it up before the number that counts. */
function collectReached({ reached }: MutableChannel, number: string | undefined) {
  if (!number || reached.has(number)) return
  reached.add(number)
  evictOldest(reached, MAX_REACHED)
}

/** Attributes that a channel may have several of. They are bounded, as a caller can change them. */
function collectValues(
  { recordingFiles, numbers, endpoints }: MutableChannel,
  about: Partial<PbxChannel>,
  at: PbxTime,
) {
  const { recordingFile: file, number, endpoint, name = '' } = about
  if (file !== undefined && (recordingFiles.has(file) || recordingFiles.size < MAX_VALUES_PER_CHANNEL)) {
    recordingFiles.set(file, Math.min(recordingFiles.get(file) ?? at, at))
  }
  if (number && numbers.size < MAX_VALUES_PER_CHANNEL) numbers.add(number)
  if (endpoint !== undefined && (endpoints.has(endpoint) || endpoints.size < MAX_VALUES_PER_CHANNEL)) {
    const held = endpoints.get(endpoint)
    if (held === undefined || at < held.since) endpoints.set(endpoint, { since: at, name })
  }
}

function shiftChannelBack(entry: MutableChannel, by: PbxTime) {
  const { attributes, since, calls, recordingFiles, endpoints } = entry
  for (const key of Object.keys(since) as (keyof PbxChannel)[]) since[key] = (since[key] ?? 0) - by
  entry.attributes = {
    ...attributes,
    ...(attributes.createdAt !== undefined && { createdAt: attributes.createdAt - by }),
  }
  for (const [id, { first, last }] of calls) calls.set(id, { first: first - by, last: last - by })
  for (const [file, at] of recordingFiles) recordingFiles.set(file, at - by)
  for (const [one, held] of endpoints) endpoints.set(one, { ...held, since: held.since - by })
  entry.firstSeenAt -= by
  entry.lastSeenAt -= by
  if (entry.upAt !== undefined) entry.upAt -= by
  if (entry.recordingStartedAt !== undefined) entry.recordingStartedAt -= by
  if (entry.dialed !== undefined) entry.dialed = { ...entry.dialed, at: entry.dialed.at - by }
  if (entry.dialEnd !== undefined) entry.dialEnd = { ...entry.dialEnd, at: entry.dialEnd.at - by }
}

/** A total order on updates, so that they give the same result in any order. */
function supersedes(
  key: keyof PbxChannel,
  value: unknown,
  at: PbxTime,
  held: unknown,
  heldAt: PbxTime,
): boolean {
  // Both came from members named `state`.
  if (key === 'state')
    return STATE_RANK[value as PbxChannel['state']] > STATE_RANK[held as PbxChannel['state']]
  if (at !== heldAt) return FIRST_WINS.has(key) ? at < heldAt : at > heldAt
  return sortKeyOf(value) > sortKeyOf(held)
}

/** An end with a cause beats one that was inferred; then the earlier one wins. */
function applyEnded(entry: MutableChannel, { at, cause }: ChannelEnded) {
  const held = entry.ended
  if (held === undefined) entry.ended = { at, cause }
  else if ((cause === undefined) !== (held.cause === undefined)) {
    if (cause !== undefined) entry.ended = { at, cause }
  } else if (at < held.at || (at === held.at && (cause ?? 0) < (held.cause ?? 0))) entry.ended = { at, cause }
}

function applyDial(entry: MutableChannel, { from, at, end }: DialUpdate) {
  if (isNewer(at, from, entry.dialed?.at, entry.dialed?.by)) entry.dialed = { at, by: from }
  if (end !== undefined && isNewer(at, end, entry.dialEnd?.at, entry.dialEnd?.end))
    entry.dialEnd = { at, end }
}

const isNewer = (at: PbxTime, value: unknown, heldAt: PbxTime | undefined, held: unknown) =>
  heldAt === undefined || at > heldAt || (at === heldAt && sortKeyOf(value) > sortKeyOf(held))

const sortKeyOf = (value: unknown) => JSON.stringify(value) ?? ''
