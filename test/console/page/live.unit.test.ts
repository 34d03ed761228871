import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Api, ApiError } from '../../../console/api/client.ts'
import { createLive } from '../../../console/app/live/live.ts'
import type { Session } from '../../../console/app/session/session.ts'
import type { TabChannel, TabMessage } from '../../../console/app/session/tab-channel.ts'
import { createStore } from '../../../console/app/store.ts'

class FakeSocket extends EventTarget {
  static all: FakeSocket[] = []
  readonly url: URL
  constructor(url: URL) {
    super()
    this.url = url
    FakeSocket.all.push(this)
  }
  receive(data: unknown) {
    this.dispatchEvent(Object.assign(new Event('message'), { data: JSON.stringify(data) }))
  }
  close(code = 1005) {
    this.dispatchEvent(Object.assign(new Event('close'), { code }))
  }
}
const socketOf = (name: string) =>
  FakeSocket.all.findLast(({ url }) => url.pathname.endsWith(`/${name}`)) as FakeSocket

/** Tabs of one browser: each gets what the others send. */
function createTabs() {
  const tabs = new Map<string, Set<(message: TabMessage) => void>>()
  return (name: string): TabChannel & { count(): number } => {
    const own = new Set<(message: TabMessage) => void>()
    tabs.set(name, own)
    return {
      send(message) {
        for (const [other, listeners] of tabs)
          if (other !== name) for (const listener of listeners) listener(message)
      },
      listen(listener) {
        own.add(listener)
        return () => own.delete(listener)
      },
      count: () => own.size,
    }
  }
}

const callOf = (id: string) => ({ id, state: 'active', legs: [{ extension: '1001' }] })

function openTab(channel: TabChannel, isLeader: boolean) {
  const refreshed = new Set<(token: string) => void>()
  const session = {
    isLeader: createStore(isLeader),
    state: createStore({ status: 'signed-in', claims: { extension: '1001' } }),
    setConnection() {},
    onRefreshed(listener: (token: string) => void) {
      refreshed.add(listener)
      return () => refreshed.delete(listener)
    },
  } as unknown as Session
  const lists: ((calls: unknown[]) => void)[] = []
  const renew = vi.fn(async () => ({}))
  const api = {
    POST: (path: string) => (path.endsWith('/renew') ? renew() : Promise.resolve({ data: { ticket: 't' } })),
    GET: () =>
      new Promise((resolve) => {
        lists.push((calls) => resolve({ data: { calls } }))
      }),
  } as unknown as Api
  const live = createLive(session, api, channel)
  const detach = live.attach()
  const refresh = () => {
    for (const listener of refreshed) listener('token')
  }
  return { live, detach, lists, renew, refresh, session }
}

const settle = () => vi.advanceTimersByTimeAsync(0)

describe('what the console receives while it is open', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    FakeSocket.all = []
    vi.stubGlobal('WebSocket', FakeSocket)
    vi.stubGlobal('window', new EventTarget())
    vi.stubGlobal('document', new EventTarget())
    vi.stubGlobal('location', { href: 'http://console.test/' })
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  async function openTwo() {
    const tab = createTabs()
    const leader = openTab(tab('leader'), true)
    const follower = openTab(tab('follower'), false)
    leader.live.start()
    await settle()
    return { leader, follower }
  }
  const ids = ({ live }: { live: { calls: { get(): readonly { id: string }[] } } }) =>
    live.calls.get().map(({ id }) => id)

  it('sends the calls that it read to the other tabs', async () => {
    const { leader, follower } = await openTwo()
    socketOf('me').dispatchEvent(new Event('open'))
    leader.lists[0]?.([callOf('a.1')])
    await settle()
    expect([ids(leader), ids(follower)]).toEqual([['a.1'], ['a.1']])
  })

  it('reads the calls again when a message came during the request', async () => {
    const { leader } = await openTwo()
    socketOf('me').dispatchEvent(new Event('open'))
    socketOf('me').receive({ type: 'calls', calls: [callOf('b.2')], epoch: 1, seq: 1 })
    leader.lists[0]?.([callOf('a.1')])
    await settle()
    expect(ids(leader)).toEqual(['b.2'])
    await vi.advanceTimersByTimeAsync(1_000)
    leader.lists[1]?.([callOf('b.2'), callOf('c.3')])
    await settle()
    expect(ids(leader)).toEqual(['b.2', 'c.3'])
  })

  it('shows in each tab that another window has the streams, and any of them takes them back', async () => {
    const { leader, follower } = await openTwo()
    for (const name of ['me', 'users-state']) {
      socketOf(name).dispatchEvent(new Event('open'))
      socketOf(name).close(4429)
    }
    expect([leader.live.isReplaced.get(), follower.live.isReplaced.get()]).toEqual([true, true])
    const before = FakeSocket.all.length
    follower.live.resume()
    await settle()
    expect([leader.live.isReplaced.get(), follower.live.isReplaced.get()]).toEqual([false, false])
    expect(FakeSocket.all.length).toBe(before + 2)
  })

  it('leaves the streams to the other window when the next tab becomes the leader', async () => {
    const { follower } = await openTwo()
    socketOf('me').dispatchEvent(new Event('open'))
    socketOf('me').close(4429)
    const before = FakeSocket.all.length
    follower.session.isLeader.set(true)
    follower.live.start()
    await settle()
    expect(FakeSocket.all.length).toBe(before)
    follower.live.resume()
    await settle()
    expect(FakeSocket.all.length).toBe(before + 2)
  })

  it('repeats a renewal that failed, until it succeeds', async () => {
    const { leader } = await openTwo()
    leader.renew.mockRejectedValueOnce(new ApiError(0, 'no_answer', undefined))
    leader.renew.mockRejectedValueOnce(new ApiError(503, 'unavailable', undefined))
    leader.refresh()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(leader.renew).toHaveBeenCalledTimes(3)
  })

  it('does not repeat a renewal that was refused, nor one of streams that were closed', async () => {
    const { leader } = await openTwo()
    leader.renew.mockRejectedValueOnce(new ApiError(403, 'forbidden', undefined))
    leader.refresh()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(leader.renew).toHaveBeenCalledTimes(1)
    leader.renew.mockRejectedValueOnce(new ApiError(0, 'no_answer', undefined))
    leader.refresh()
    await settle()
    leader.live.stop()
    await vi.advanceTimersByTimeAsync(60_000)
    expect(leader.renew).toHaveBeenCalledTimes(2)
  })

  it('gives a tab that opens later what it has missed', async () => {
    const tab = createTabs()
    const leader = openTab(tab('leader'), true)
    leader.live.start()
    await settle()
    socketOf('users-state').dispatchEvent(new Event('open'))
    socketOf('users-state').receive({ states: { 1001: { state: 'Idle', name: 'A' } } })
    const late = openTab(tab('late'), false)
    expect(late.live.presence.get()?.['1001']?.state).toBe('Idle')
  })

  it('listens to nothing after it was detached', async () => {
    const channel = createTabs()('leader')
    const { detach, refresh, renew, live } = openTab(channel, true)
    live.start()
    expect(channel.count()).toBeGreaterThan(0)
    detach()
    refresh()
    expect(channel.count()).toBe(0)
    expect(renew).not.toHaveBeenCalled()
    live.stop()
  })
})
