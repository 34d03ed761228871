import { createSnapshotPoller, type SnapshotPoller } from './snapshot-poller.ts'

/** The last message of a channel, complete: a client needs no earlier one. */
export interface Snapshot {
  channel: string
  /** Identifies an unbroken numbering; `seq` rises within it. Clients drop what is not newer. */
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
   * Numbers and stores a snapshot, one after another over all processes.
   * @param fence of a lease: a fence lower than any before it on this channel is rejected
   * @returns undefined when it was rejected
   * @throws {Refusal} `unavailable`
   */
  put(
    channel: SnapshotChannel,
    body: Record<string, unknown>,
    fence: number | undefined,
  ): Promise<Snapshot | undefined>
  last(channel: SnapshotChannel): Promise<Snapshot | undefined>
  /** The tag of the last snapshot, without its body, which may be a megabyte. */
  lastTag(channel: SnapshotChannel): Promise<string | undefined>
}

/** The number of subscribers at the moment of publishing. */
export interface Published {
  subscribers: number
}

export interface SnapshotPublisher {
  /** @throws {Refusal} `unavailable` when no nginx accepted it; it is published again once one is back */
  publish(snapshot: Snapshot): Promise<Published>
}

export interface Publication extends Published {
  snapshot: Snapshot
}

export interface Snapshots {
  /**
   * @param fence of the lease, for channels that only its holder may publish; local services publish theirs
   *   without one
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
   * The tag of the last snapshot, if the client knows it.
   * @param isKnown compares the client's tags, in any notation; left out by a client that knows any snapshot
   * @throws {Refusal} `unavailable`
   */
  matchingTag(channel: SnapshotChannel, isKnown?: (tag: string) => boolean): Promise<string | undefined>
  /**
   * The last snapshot, if its tag differs from `known`; otherwise waits up to `waitMs` for one. `check` is
   * called before each answer and may throw: a client that has logged out meanwhile gets nothing more.
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

/** Poll interval while clients wait, as another process may publish the snapshot, in ms. */
const POLL_INTERVAL_MS = 500

export function createSnapshots({ store, publisher }: SnapshotsNeeds): Snapshots {
  const cache = new Map<SnapshotChannel, Snapshot>()
  /** Reads a snapshot, which may be a megabyte, only if its tag differs from that of the cached one. */
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
      const poller = pollerOf(channel)
      if (waitMs > 0 && known !== undefined && poller.lastTag() === known) {
        check()
        return poller.waitForChange(known, waitMs, check)
      }
      const last = await latest(channel)
      check()
      if (last !== undefined && etagOf(last) !== known) return last
      return waitMs <= 0 ? undefined : poller.waitForChange(known, waitMs, check)
    },
  }
}
