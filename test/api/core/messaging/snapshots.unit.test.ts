import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  createSnapshots,
  etagOf,
  type Snapshot,
  type SnapshotChannel,
  type Snapshots,
} from '../../../../api/core/messaging/snapshots.ts'
import { Refusal } from '../../../../api/core/refusal.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const fine = () => {}

/** A store that records each read, and can be made unavailable. */
function createWorld() {
  const kept = new Map<string, Snapshot>()
  const reads: string[] = []
  const state = { isAway: false }
  const put = (channel: SnapshotChannel, body: Record<string, unknown> = {}) => {
    const seq = (kept.get(channel)?.seq ?? 0) + 1
    const snapshot = { channel, epoch: 'e', seq, body: { ...body, seq, epoch: 'e' } }
    kept.set(channel, snapshot)
    return snapshot
  }
  const snapshots: Snapshots = createSnapshots({
    store: {
      put: async (channel, body) => put(channel, body),
      async lastTag(channel) {
        reads.push(channel)
        if (state.isAway) throw new Refusal('unavailable')
        const last = kept.get(channel)
        return last && etagOf(last)
      },
      last: async (channel) => kept.get(channel),
    },
    publisher: { publish: async () => ({ subscribers: 0 }) },
  })
  /** As another process does it: this one only finds it in the store. */
  return { snapshots, put, reads, state, kept }
}
type World = ReturnType<typeof createWorld>

const waiters = ({ snapshots, kept }: World, count: number, waitMs = 25_000, check = fine) => {
  const last = kept.get('users-state')
  const known = last && etagOf(last)
  return Array.from({ length: count }, () => snapshots.waitForNewer('users-state', known, waitMs, check))
}
const settled = async (promises: readonly Promise<unknown>[]) => {
  let count = 0
  for (const one of promises)
    one.then(
      () => count++,
      () => count++,
    )
  await vi.advanceTimersByTimeAsync(0)
  return count
}

describe('a client that waits for a newer snapshot', () => {
  test('shares one poll per 500 ms with all that wait for that channel', async () => {
    const world = createWorld()
    world.put('users-state')
    const all = waiters(world, 100)
    await vi.advanceTimersByTimeAsync(0)
    world.reads.length = 0
    await vi.advanceTimersByTimeAsync(10_000)
    expect(world.reads).toHaveLength(20)
    expect(vi.getTimerCount()).toBe(1)
    const newer = world.put('users-state')
    await vi.advanceTimersByTimeAsync(500)
    expect(await Promise.all(all)).toEqual(all.map(() => newer))
  })

  test('causes no further read when it returns at once with that snapshot', async () => {
    const world = createWorld()
    world.put('users-state')
    const all = waiters(world, 100)
    await vi.advanceTimersByTimeAsync(0)
    world.put('users-state')
    await vi.advanceTimersByTimeAsync(500)
    await Promise.all(all)
    world.reads.length = 0
    const again = waiters(world, 100)
    await vi.advanceTimersByTimeAsync(499)
    expect(world.reads.length).toBeLessThanOrEqual(1)
    const newer = world.put('users-state')
    await vi.advanceTimersByTimeAsync(501)
    expect(await Promise.all(again)).toEqual(again.map(() => newer))
  })

  test('waits for its own channel alone', async () => {
    const world = createWorld()
    world.put('users-state')
    const calls = world.put('active-calls')
    const own = world.snapshots.waitForNewer('active-calls', etagOf(calls), 25_000, fine)
    const [other] = waiters(world, 1)
    await vi.advanceTimersByTimeAsync(1_000)
    const newer = world.put('active-calls')
    await vi.advanceTimersByTimeAsync(500)
    expect(await own).toEqual(newer)
    expect(await settled([other as Promise<unknown>])).toBe(0) // there is one waiter
  })

  test('is answered at once if it knows another one, and never with an older one', async () => {
    const world = createWorld()
    const first = world.put('users-state')
    waiters(world, 1)
    await vi.advanceTimersByTimeAsync(600)
    const second = world.put('users-state')
    const [fresh, stale] = [undefined, etagOf(first)].map((known) =>
      world.snapshots.waitForNewer('users-state', known, 25_000, fine),
    )
    await vi.advanceTimersByTimeAsync(0)
    expect(await fresh).toEqual(second)
    await vi.advanceTimersByTimeAsync(500)
    expect(await stale).toEqual(second)
    // It has the second one from another node, while the shared poll still shows the first.
    const knowing = world.snapshots.waitForNewer('users-state', etagOf(second), 25_000, fine)
    expect(await settled([knowing])).toBe(0)
  })

  test('waits until its timeout, and then no timer is left', async () => {
    const world = createWorld()
    world.put('users-state')
    const [short] = waiters(world, 1, 2_000)
    const [long] = waiters(world, 1, 4_000)
    await vi.advanceTimersByTimeAsync(1_500)
    expect(await settled([short, long] as Promise<unknown>[])).toBe(0)
    await vi.advanceTimersByTimeAsync(500)
    expect(await short).toBeUndefined()
    await vi.advanceTimersByTimeAsync(2_000)
    expect(await long).toBeUndefined()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('is recognized to have the last one by its own notation of the tag, without a read after a recent poll', async () => {
    const world = createWorld()
    const first = world.put('users-state')
    const { snapshots } = world
    const is = (snapshot: Snapshot) => (tag: string) => tag === etagOf(snapshot)
    waiters(world, 1)
    await vi.advanceTimersByTimeAsync(600)
    world.reads.length = 0
    expect(await snapshots.matchingTag('users-state', is(first))).toBe(etagOf(first))
    expect(world.reads).toEqual([])
    const second = world.put('users-state')
    // The shared poll still shows the first: neither is mistaken for the other.
    expect(await snapshots.matchingTag('users-state', is(second))).toBe(etagOf(second))
    expect(await snapshots.matchingTag('users-state')).toBe(etagOf(second))
    expect(await snapshots.matchingTag('users-state', () => false)).toBeUndefined()
    expect(await snapshots.matchingTag('active-calls')).toBeUndefined()
  })

  test('does not wait with a timeout of 0', async () => {
    const world = createWorld()
    const last = world.put('users-state')
    expect(await world.snapshots.waitForNewer('users-state', etagOf(last), 0, fine)).toBeUndefined()
    expect(await world.snapshots.waitForNewer('users-state', undefined, 0, fine)).toEqual(last)
    expect(vi.getTimerCount()).toBe(0)
  })

  test('is refused when its own check fails, also with a new snapshot, and the others wait on', async () => {
    const world = createWorld()
    world.put('users-state')
    let isOver = false
    const check = () => {
      if (isOver) throw new Refusal('token_revoked')
    }
    const [mine, others] = [waiters(world, 1, 25_000, check), waiters(world, 3)]
    const refused = expect(mine[0]).rejects.toMatchObject({ code: 'token_revoked' })
    await vi.advanceTimersByTimeAsync(1_000)
    isOver = true
    const newer = world.put('users-state')
    await vi.advanceTimersByTimeAsync(500)
    await refused
    expect(await Promise.all(others)).toEqual(others.map(() => newer))
  })

  test('is refused while the store is unavailable, and works again afterwards', async () => {
    const world = createWorld()
    world.put('users-state')
    const refused = Promise.all(
      waiters(world, 3).map((one) => expect(one).rejects.toMatchObject({ code: 'unavailable' })),
    )
    await vi.advanceTimersByTimeAsync(1_000)
    world.state.isAway = true
    await vi.advanceTimersByTimeAsync(500)
    await refused
    world.state.isAway = false
    const [next] = waiters(world, 1)
    const newer = world.put('users-state')
    await vi.advanceTimersByTimeAsync(1_000)
    expect(await next).toEqual(newer)
  })
})
