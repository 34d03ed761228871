import type { Channel, ChannelFact, DialEnd, DialFact, GoneFact, PbxTime } from './pbx-events.ts'

/** All that was heard of one channel, the same in whatever order and however often it was heard. */
export interface KnownChannel {
  readonly id: string
  readonly known: Readonly<Partial<Channel>>
  /** Every call it was ever in, with the first and the last moment it was heard to be. */
  readonly calls: ReadonlyMap<string, Readonly<{ first: PbxTime; last: PbxTime }>>
  readonly firstHeard: PbxTime
  readonly lastHeard: PbxTime
  readonly upAt: PbxTime | undefined
  /** It was up already when it was first seen. */
  readonly upUnheard: boolean
  readonly recordedAt: PbxTime | undefined
  /** The files it was recorded to, each with the moment it was first heard of. */
  readonly files: ReadonlyMap<string, PbxTime>
  /** Numbers it ever had. */
  readonly numbers: ReadonlySet<string>
  /** The endpoints it ever was of, each since when: a masquerade gives it another. */
  readonly endpoints: ReadonlyMap<string, Readonly<{ since: PbxTime; name: string }>>
  /** Whether it ever was in a bridge. */
  readonly wasBridged: boolean
  /** The channel that rings it; `by` is undefined when the PBX itself does. */
  readonly rung: Readonly<{ at: PbxTime; by: string | undefined }> | undefined
  readonly dialEnd: Readonly<{ at: PbxTime; end: DialEnd }> | undefined
  readonly gone: Readonly<{ at: PbxTime; cause: number | undefined }> | undefined
}

/** Keeps what is known of channels. What is gone stays gone, also after its facts are forgotten. */
export interface ChannelBook {
  /** The PBX's clock was put back by so much: all that lives was heard that much earlier. */
  putBack(by: PbxTime): void
  /** @returns the channel, or undefined for one that was forgotten: a late word brings nothing back */
  hear(fact: ChannelFact | GoneFact | DialFact): KnownChannel | undefined
  find(id: string): KnownChannel | undefined
  all(): IterableIterator<KnownChannel>
  isForgotten(id: string): boolean
  forget(id: string): void
  size(): { channels: number; forgotten: number }
}

/** What no listener keeps: the book's own, writable view of a channel. */
type Entry = {
  -readonly [K in keyof KnownChannel]: KnownChannel[K] extends ReadonlyMap<string, infer V>
    ? Map<string, V>
    : KnownChannel[K] extends ReadonlySet<infer V>
      ? Set<V>
      : KnownChannel[K]
} & { since: Partial<Record<keyof Channel, PbxTime>> }

/** A channel's last words come within seconds; this many channels end in more than a minute of the worst flood. */
const MOST_FORGOTTEN = 20_000
/** Files, numbers and endpoints of one channel. */
const MOST_OF_ONE = 20

/** Told once and for all: a later fact of it is a guess, or what the dialplan made of it. */
const FIRST_WINS: ReadonlySet<string> = new Set<keyof Channel>(['bornAt', 'dialled'])
/** A channel never goes back, but a snapshot taken before a step may be told after it. */
const FURTHER = { down: 0, dialling: 1, ringing: 2, up: 3 }

export function createChannelBook(): ChannelBook {
  const entries = new Map<string, Entry>()
  const forgotten = createForgotten(MOST_FORGOTTEN)

  return {
    hear(fact) {
      const id = fact.kind === 'dial' ? fact.to : fact.id
      if (forgotten.has(id)) return undefined
      let entry = entries.get(id)
      if (entry === undefined) {
        entry = newEntry(id, fact.at)
        entries.set(id, entry)
      }
      entry.firstHeard = Math.min(entry.firstHeard, fact.at)
      entry.lastHeard = Math.max(entry.lastHeard, fact.at)
      if (fact.kind === 'channel') hearAbout(entry, fact)
      else if (fact.kind === 'gone') hearGone(entry, fact)
      else hearDial(entry, fact)
      return entry
    },
    putBack(by) {
      for (const entry of entries.values()) if (entry.gone === undefined) putEntryBack(entry, by)
    },
    find: (id) => entries.get(id),
    all: () => entries.values(),
    isForgotten: (id) => forgotten.has(id),
    forget(id) {
      entries.delete(id)
      forgotten.add(id)
    },
    size: () => ({ channels: entries.size, forgotten: forgotten.size() }),
  }
}

/** Remembers the last `most` ids. */
export function createForgotten(most: number) {
  const ids = new Set<string>()
  return {
    has: (id: string) => ids.has(id),
    add(id: string) {
      ids.add(id)
      for (const oldest of ids) {
        if (ids.size <= most) break
        ids.delete(oldest)
      }
    },
    size: () => ids.size,
  }
}

const newEntry = (id: string, at: PbxTime): Entry => ({
  id,
  known: {},
  since: {},
  calls: new Map(),
  firstHeard: at,
  lastHeard: at,
  upAt: undefined,
  upUnheard: false,
  recordedAt: undefined,
  files: new Map(),
  numbers: new Set(),
  endpoints: new Map(),
  wasBridged: false,
  rung: undefined,
  dialEnd: undefined,
  gone: undefined,
})

function hearAbout(entry: Entry, { about, at }: ChannelFact) {
  // The keys of a Partial<Channel> are keys of Channel, and each value goes where it came from.
  const known = entry.known as Record<string, unknown>
  for (const key of Object.keys(about) as (keyof Channel)[]) {
    const heldAt = entry.since[key]
    if (heldAt !== undefined && !wins(key, about[key], at, known[key], heldAt)) continue
    known[key] = about[key]
    entry.since[key] = at
  }
  if (about.callId !== undefined) {
    const { first, last } = entry.calls.get(about.callId) ?? { first: at, last: at }
    entry.calls.set(about.callId, { first: Math.min(first, at), last: Math.max(last, at) })
  }
  if (about.state === 'up') {
    const isFirst = entry.upAt === undefined || at < entry.upAt
    if (isFirst || at === entry.upAt) entry.upUnheard = about.listed === true && (isFirst || entry.upUnheard)
    if (isFirst) entry.upAt = at
  }
  if (about.recording === 'on') entry.recordedAt = Math.min(entry.recordedAt ?? at, at)
  if (about.bridge !== undefined) entry.wasBridged = true
  hearOfMany(entry, about, at)
}

/** What a channel may have several of. What a caller can change must not grow without end. */
function hearOfMany({ files, numbers, endpoints }: Entry, about: Partial<Channel>, at: PbxTime) {
  const { recordingFile: file, number, endpoint, name = '' } = about
  if (file !== undefined && (files.has(file) || files.size < MOST_OF_ONE)) {
    files.set(file, Math.min(files.get(file) ?? at, at))
  }
  if (number && numbers.size < MOST_OF_ONE) numbers.add(number)
  if (endpoint !== undefined && (endpoints.has(endpoint) || endpoints.size < MOST_OF_ONE)) {
    const held = endpoints.get(endpoint)
    if (held === undefined || at < held.since) endpoints.set(endpoint, { since: at, name })
  }
}

function putEntryBack(entry: Entry, by: PbxTime) {
  const { known, since, calls, files, endpoints } = entry
  for (const key of Object.keys(since) as (keyof Channel)[]) since[key] = (since[key] ?? 0) - by
  entry.known = { ...known, ...(known.bornAt !== undefined && { bornAt: known.bornAt - by }) }
  for (const [id, { first, last }] of calls) calls.set(id, { first: first - by, last: last - by })
  for (const [file, at] of files) files.set(file, at - by)
  for (const [one, held] of endpoints) endpoints.set(one, { ...held, since: held.since - by })
  entry.firstHeard -= by
  entry.lastHeard -= by
  if (entry.upAt !== undefined) entry.upAt -= by
  if (entry.recordedAt !== undefined) entry.recordedAt -= by
  if (entry.rung !== undefined) entry.rung = { ...entry.rung, at: entry.rung.at - by }
  if (entry.dialEnd !== undefined) entry.dialEnd = { ...entry.dialEnd, at: entry.dialEnd.at - by }
}

/** A total order on what was told, so that any order of telling ends with the same. */
function wins(key: keyof Channel, value: unknown, at: PbxTime, held: unknown, heldAt: PbxTime): boolean {
  // Both came from members named `state`.
  if (key === 'state') return FURTHER[value as Channel['state']] > FURTHER[held as Channel['state']]
  if (at !== heldAt) return FIRST_WINS.has(key) ? at < heldAt : at > heldAt
  return textOf(value) > textOf(held)
}

/** A known end beats one that was only inferred, then the earlier wins. */
function hearGone(entry: Entry, { at, cause }: GoneFact) {
  const held = entry.gone
  if (held === undefined) entry.gone = { at, cause }
  else if ((cause === undefined) !== (held.cause === undefined)) {
    if (cause !== undefined) entry.gone = { at, cause }
  } else if (at < held.at || (at === held.at && (cause ?? 0) < (held.cause ?? 0))) entry.gone = { at, cause }
}

function hearDial(entry: Entry, { from, at, end }: DialFact) {
  if (later(at, from, entry.rung?.at, entry.rung?.by)) entry.rung = { at, by: from }
  if (end !== undefined && later(at, end, entry.dialEnd?.at, entry.dialEnd?.end)) entry.dialEnd = { at, end }
}

const later = (at: PbxTime, value: unknown, heldAt: PbxTime | undefined, held: unknown) =>
  heldAt === undefined || at > heldAt || (at === heldAt && textOf(value) > textOf(held))

const textOf = (value: unknown) => JSON.stringify(value) ?? ''
