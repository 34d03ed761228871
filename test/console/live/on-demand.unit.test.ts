import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createOnDemandStream, type DemandChannel } from '../../../console/app/live/on-demand.ts'

/** Tabs of one browser: each gets what the others send. */
function openTabs() {
  const listeners = new Map<number, Parameters<DemandChannel['listen']>[0]>()
  const crashed = new Set<number>()
  let open = 0
  const tab = (id: number) => {
    const channel: DemandChannel = {
      send: (message) => {
        if (crashed.has(id)) return
        for (const [other, listener] of listeners) if (other !== id) listener(message)
      },
      listen: (listener) => {
        listeners.set(id, listener)
        return () => listeners.delete(id)
      },
    }
    const demanded = createOnDemandStream({
      stream: 'active-calls',
      channel,
      isLeader: () => id === 0,
      follow: () => {
        open += 1
        return () => {
          open -= 1
        }
      },
    })
    return { ...demanded, detach: demanded.attach() }
  }
  return { tab, openStreams: () => open, crash: (id: number) => crashed.add(id) }
}

describe('a stream that is followed on demand', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('is opened by the leader alone, once, while a tab shows it', () => {
    const { tab, openStreams } = openTabs()
    const [leader, other] = [tab(0), tab(1)]
    expect(openStreams()).toBe(0)
    const stopOther = other.listen(() => {})
    const stopLeader = leader.listen(() => {})
    expect(openStreams()).toBe(1)
    stopLeader()
    vi.advanceTimersByTime(600_000)
    expect(openStreams()).toBe(1)
    stopOther()
    vi.advanceTimersByTime(2_000)
    expect(openStreams()).toBe(0)
  })

  it('ends when the tab that showed it has crashed', () => {
    const { tab, openStreams, crash } = openTabs()
    tab(0)
    tab(1).listen(() => {})
    vi.advanceTimersByTime(600_000)
    expect(openStreams()).toBe(1)
    crash(1)
    vi.advanceTimersByTime(120_000)
    expect(openStreams()).toBe(0)
  })

  it('follows nothing for other tabs after it was detached', () => {
    const { tab, openStreams } = openTabs()
    tab(0).detach()
    tab(1).listen(() => {})
    expect(openStreams()).toBe(0)
  })

  it('goes on with the next leader', () => {
    const { tab, openStreams } = openTabs()
    const leader = tab(0)
    leader.listen(() => {})
    leader.stop()
    expect(openStreams()).toBe(0)
    leader.start()
    expect(openStreams()).toBe(1)
  })
})
