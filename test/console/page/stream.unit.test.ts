import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { followStream } from '../../../console/app/live/stream.ts'

class FakeSocket extends EventTarget {
  static all: FakeSocket[] = []
  isClosed = false
  readonly url: URL
  constructor(url: URL) {
    super()
    this.url = url
    FakeSocket.all.push(this)
  }
  open() {
    this.dispatchEvent(new Event('open'))
  }
  receive(data: unknown) {
    this.dispatchEvent(Object.assign(new Event('message'), { data: JSON.stringify(data) }))
  }
  end(code: number) {
    this.dispatchEvent(Object.assign(new Event('close'), { code }))
  }
  close() {
    this.isClosed = true
    this.end(1005)
  }
}

function follow(getTicket = async () => 'ticket') {
  const events: unknown[] = []
  const stop = followStream({
    name: 'me',
    getTicket,
    onOpen: () => void events.push('open'),
    onMessage: (data) => void events.push((data as { seq: number }).seq),
    onLost: () => void events.push('lost'),
    onEnd: (reason) => void events.push(reason),
  })
  return { events, stop }
}
const socketAt = (index: number) => FakeSocket.all[index] as FakeSocket
const settle = () => vi.advanceTimersByTimeAsync(0)

describe('a stream of the console', () => {
  const page = new EventTarget()
  beforeEach(() => {
    vi.useFakeTimers()
    FakeSocket.all = []
    vi.stubGlobal('WebSocket', FakeSocket)
    vi.stubGlobal('window', page)
    vi.stubGlobal('document', Object.assign(new EventTarget(), { visibilityState: 'visible' }))
    vi.stubGlobal('location', { href: 'http://console.test/' })
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it('opens one socket when the network is back while an attempt awaits its ticket', async () => {
    const tickets: ((ticket: string) => void)[] = []
    const { stop } = follow(() => new Promise<string>((resolve) => tickets.push(resolve)))
    page.dispatchEvent(new Event('online'))
    tickets[1]?.('second')
    tickets[0]?.('first')
    await settle()
    expect(FakeSocket.all.map(({ url }) => url.searchParams.get('ticket'))).toEqual(['second'])
    stop()
  })

  it('opens a fresh socket beside one that seems open, and closes that one afterwards', async () => {
    const { events, stop } = follow()
    await settle()
    socketAt(0).open()
    socketAt(0).receive({ epoch: 1, seq: 1 })
    page.dispatchEvent(new Event('online'))
    await settle()
    socketAt(0).receive({ epoch: 1, seq: 2 })
    expect(socketAt(0).isClosed).toBe(false)
    socketAt(1).open()
    expect(socketAt(0).isClosed).toBe(true)
    // A stream begins with its last message.
    socketAt(1).receive({ epoch: 1, seq: 2 })
    expect(events).toEqual(['open', 1, 2, 'open'])
    stop()
  })

  it('replaces a socket that was silent for long, and not one that brings messages', async () => {
    const { stop } = follow()
    await settle()
    socketAt(0).open()
    for (let seq = 1; seq <= 30; seq += 1) {
      await vi.advanceTimersByTimeAsync(60_000)
      socketAt(0).receive({ epoch: 1, seq })
    }
    expect(FakeSocket.all).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(11 * 60_000)
    expect(FakeSocket.all.length).toBeGreaterThan(1)
    stop()
  })

  it('replaces the socket after the computer has slept', async () => {
    const { stop } = follow()
    await settle()
    socketAt(0).open()
    await vi.advanceTimersByTimeAsync(15_000)
    expect(FakeSocket.all).toHaveLength(1)
    vi.setSystemTime(Date.now() + 120_000)
    await vi.advanceTimersByTimeAsync(15_000)
    expect(FakeSocket.all).toHaveLength(2)
    stop()
  })

  it('tries again when an attempt has no end of its own', async () => {
    const { events, stop } = follow()
    await settle()
    await vi.advanceTimersByTimeAsync(22_000)
    expect(FakeSocket.all).toHaveLength(2)
    expect(events).toEqual(['lost'])
    stop()
  })

  it.each([4429, 1008])('opens none after close code %d, also not when the network is back', async (code) => {
    const { events } = follow()
    await settle()
    socketAt(0).open()
    socketAt(0).end(code)
    page.dispatchEvent(new Event('online'))
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(events).toEqual(['open', 'replaced'])
    expect(FakeSocket.all).toHaveLength(1)
  })

  it('connects again after the end of its token', async () => {
    const { events, stop } = follow()
    await settle()
    socketAt(0).open()
    socketAt(0).end(4401)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(events).toEqual(['open', 'session_over'])
    expect(FakeSocket.all).toHaveLength(2)
    stop()
    expect(socketAt(1).isClosed).toBe(true)
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(FakeSocket.all).toHaveLength(2)
  })
})
