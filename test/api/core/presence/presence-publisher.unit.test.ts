import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createPresencePublisher } from '../../../../api/core/presence/presence-publisher.ts'
import { Refusal } from '../../../../api/core/refusal.ts'
import type { FailureStreak } from '../../../../runtime/failure-reporter.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function createFixture() {
  const published: unknown[] = []
  const errors: unknown[] = []
  const state = { fence: 7 as number | undefined, calls: 1, nginxAvailable: true }
  let onFence: (fence: number | undefined) => void = () => {}
  const publisher = createPresencePublisher({
    snapshots: {
      async publish(channel, body, fence?: number) {
        if (!state.nginxAvailable) throw new Refusal('unavailable')
        published.push([channel, body, fence])
        return { snapshot: { channel, epoch: 'e', seq: 1, body }, subscribers: 0 }
      },
    },
    lease: {
      fence: () => state.fence,
      onChange(listener) {
        onFence = listener
      },
    },
    bodies: { 'active-calls': () => ({ calls: state.calls }) },
    onFailure: Object.assign((err: unknown) => void errors.push(err), {
      recovered: ({ failures }: FailureStreak) => void errors.push(`recovered after ${failures}`),
    }),
  })
  const takeLease = (fence: number) => {
    state.fence = fence
    onFence(fence)
  }
  return { publisher, published, errors, state, takeLease }
}

describe('the presence publisher', () => {
  it('publishes once for many changes within 200 ms', async () => {
    const { publisher, published } = createFixture()
    for (let n = 0; n < 12; n += 1) publisher.changed()
    await vi.advanceTimersByTimeAsync(199)
    expect(published).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(published).toEqual([['active-calls', { calls: 1 }, 7]])
  })

  it('does not publish the same body twice', async () => {
    const { publisher, published, state } = createFixture()
    publisher.changed()
    await vi.advanceTimersByTimeAsync(200)
    publisher.changed()
    await vi.advanceTimersByTimeAsync(200)
    expect(published).toHaveLength(1)
    state.calls = 2
    publisher.changed()
    await vi.advanceTimersByTimeAsync(200)
    expect(published).toHaveLength(2)
  })

  it('publishes nothing while another API holds the lease, and all when it gets the lease', async () => {
    const { publisher, published, state, takeLease } = createFixture()
    state.fence = undefined
    publisher.changed()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(published).toEqual([])
    takeLease(8)
    await vi.advanceTimersByTimeAsync(200)
    expect(published).toEqual([['active-calls', { calls: 1 }, 8]])
  })

  it('publishes again 1 second after a failure', async () => {
    const { publisher, published, errors, state } = createFixture()
    state.nginxAvailable = false
    publisher.changed()
    await vi.advanceTimersByTimeAsync(200)
    expect(errors).toHaveLength(1)
    state.nginxAvailable = true
    await vi.advanceTimersByTimeAsync(1_000)
    expect(published).toHaveLength(1)
  })

  it('reports the first of many failures, and the recovery', async () => {
    const { publisher, errors, state } = createFixture()
    state.nginxAvailable = false
    publisher.changed()
    await vi.advanceTimersByTimeAsync(30_000)
    expect(errors).toEqual([expect.any(Refusal)])
    state.nginxAvailable = true
    await vi.advanceTimersByTimeAsync(1_000)
    expect(errors).toEqual([expect.any(Refusal), 'recovered after 30'])
  })

  it('publishes nothing after close', async () => {
    const { publisher, published } = createFixture()
    publisher.changed()
    publisher.close()
    await vi.advanceTimersByTimeAsync(5_000)
    expect(published).toEqual([])
  })
})
