import { createSnapshotPoller, type SnapshotPoller } from './snapshot-poller.ts'

/** A channel's last word, whole: who has it needs none before it. */
export interface Snapshot {
  channel: string
  /** Names one unbroken numbering; `seq` rises within it. Clients drop what is not newer. */
  epoch: string
  seq: number
  /** The published object with `seq` and `epoch` among its members. */
  body: Record<string, unknown>
}

/** The channels that hold snapshots. */
export const SNAPSHOT_CHANNELS = ['users-state', 'active-calls'] as const
export type SnapshotChannel = (typeof SNAPSHOT_CHANNELS)[number]

export interface SnapshotStore {
  /**
   * Numbers and keeps a snapshot, one after the other over all processes.
   * @param fence of a lease: one that is lower than any before it on this channel is refused
   * @returns undefined when it was refused
   * @throws {Refusal} `unavailable`
   */
  put(
    channel: SnapshotChannel,
    body: Record<string, unknown>,
    fence: number | undefined,
  ): Promise<Snapshot | undefined>
  last(channel: SnapshotChannel): Promise<Snapshot | undefined>
  /** The tag of the last one, without the rest, which may be a megabyte. */
  lastTag(channel: SnapshotChannel): Promise<string | undefined>
}

/** What the publisher said: how many followed the channel at that moment. */
export interface Published {
  subscribers: number
}

export interface SnapshotPublisher {
  /** @throws {Refusal} `unavailable` when no nginx took it; it is published again once one is back */
  publish(snapshot: Snapshot): Promise<Published>
}

export interface Publication extends Published {
  snapshot: Snapshot
}

export interface Snapshots {
  /**
   * @param fence of the lease, for what only its holder may say; local services say theirs without one
   * @returns undefined for a stale fence: nothing was published
   * @throws {Refusal} `unavailable`
   */
  publish(channel: SnapshotChannel, body: Record<string, unknown>): Promise<Publication>
  publish(
    channel: SnapshotChannel,
    body: Record<string, unknown>,
    fence: number | undefined,
  ): Promise<Publication | undefined>
  /**
   * The tag of the last snapshot, where the client knows it.
   * @param isKnown however the client spells it; left out by one that knows whatever there is
   * @throws {Refusal} `unavailable`
   */
  matchingTag(channel: SnapshotChannel, isKnown?: (tag: string) => boolean): Promise<string | undefined>
  /**
   * The last snapshot, if its tag differs from `known`; otherwise waits for one, up to `waitMs` and while
   * `check`, which may throw, lets it: a client that logs out meanwhile must see nothing more.
   */
  waitForNewer(
    channel: SnapshotChannel,
    known: string | undefined,
    waitMs: number,
    check: () => void,
  ): Promise<Snapshot | undefined>
}

export const etagOf = ({ epoch, seq }: Pick<Snapshot, 'epoch' | 'seq'>): string => `${epoch}-${seq}`

export interface SnapshotsNeeds {
  store: SnapshotStore
  publisher: SnapshotPublisher
}

/** How often a snapshot is looked for while clients wait, as another process may have published it, in ms. */
const POLL_INTERVAL_MS = 500

export function createSnapshots({ store, publisher }: SnapshotsNeeds): Snapshots {
  const cache = new Map<SnapshotChannel, Snapshot>()
  /** Reads a snapshot, which may be a megabyte, only when its tag is another than that of the one read last. */
  async function latest(channel: SnapshotChannel): Promise<Snapshot | undefined> {
    const tag = await store.lastTag(channel)
    const known = cache.get(channel)
    if (tag === undefined) return undefined
    if (known !== undefined && etagOf(known) === tag) return known
    const last = await store.last(channel)
    if (last !== undefined) cache.set(channel, last)
    return last
  }

  const pollers = new Map<SnapshotChannel, SnapshotPoller<Snapshot>>()
  function pollerOf(channel: SnapshotChannel): SnapshotPoller<Snapshot> {
    const poller =
      pollers.get(channel) ??
      createSnapshotPoller<Snapshot>({
        readLatest: () => latest(channel),
        etagOf,
        intervalMs: POLL_INTERVAL_MS,
      })
    pollers.set(channel, poller)
    return poller
  }

  async function publish(channel: SnapshotChannel, body: Record<string, unknown>): Promise<Publication>
  async function publish(
    channel: SnapshotChannel,
    body: Record<string, unknown>,
    fence: number | undefined,
  ): Promise<Publication | undefined>
  async function publish(channel: SnapshotChannel, body: Record<string, unknown>, fence?: number) {
    const snapshot = await store.put(channel, body, fence)
    return snapshot && { snapshot, ...(await publisher.publish(snapshot)) }
  }

  return {
    publish,
    async matchingTag(channel, isKnown) {
      const seen = pollerOf(channel).lastTag()
      if (seen !== undefined && isKnown?.(seen)) return seen
      const tag = await store.lastTag(channel)
      return tag !== undefined && (isKnown?.(tag) ?? true) ? tag : undefined
    },
    async waitForNewer(channel, known, waitMs, check) {
      const watch = pollerOf(channel)
      if (waitMs > 0 && known !== undefined && watch.lastTag() === known) {
        check()
        return watch.waitForChange(known, waitMs, check)
      }
      const last = await latest(channel)
      check()
      if (last !== undefined && etagOf(last) !== known) return last
      return waitMs <= 0 ? undefined : watch.waitForChange(known, waitMs, check)
    },
  }
}
