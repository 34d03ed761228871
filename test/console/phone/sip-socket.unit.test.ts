import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import {
  createSipSocket,
  type SipSocketNeeds,
  type WebSocketLike,
} from '../../../console/phone/sip-socket.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

interface FakeSocket extends WebSocketLike {
  url: string
  sent: string[]
  isClosed: boolean
  emit(type: 'open'): void
  emit(type: 'message', event: { data: unknown }): void
  emit(type: 'close', event: { code: number; reason: string }): void
}

async function connected(needs: Parameters<typeof createFake>[0] = {}) {
  const fake = createFake(needs)
  fake.socket.connect()
  await vi.advanceTimersByTimeAsync(0)
  fake.newest().emit('open')
  return fake
}

function createFake({ nextUrl }: Partial<Pick<SipSocketNeeds, 'nextUrl'>> = {}) {
  const opened: FakeSocket[] = []
  const log: string[] = []
  let tickets = 0
  const socket = createSipSocket({
    host: 'pbx.example',
    isSecure: true,
    nextUrl:
      nextUrl ??
      (async () => {
        tickets += 1
        return `wss://pbx.example/socket?ticket=${tickets}`
      }),
    open(url) {
      const listeners = new Map<string, (event: never) => void>()
      const one: FakeSocket = {
        url,
        sent: [],
        isClosed: false,
        readyState: 1,
        addEventListener: (type: string, listener: (event: never) => void) =>
          void listeners.set(type, listener),
        send: (data) => void one.sent.push(data),
        close() {
          one.isClosed = true
        },
        emit: (type: string, event?: unknown) => listeners.get(type)?.(event as never),
      }
      opened.push(one)
      return one
    },
    onEnd: (reason) => void log.push(reason),
  })
  socket.onconnect = () => void log.push('up')
  socket.ondisconnect = (_error, code) => void log.push(`down ${code}`)
  socket.ondata = (data) => void log.push(String(data))
  return {
    socket,
    opened,
    log,
    newest() {
      const one = opened.at(-1)
      if (one === undefined) throw new Error('no socket was opened')
      return one
    },
  }
}
const close = (code: number, reason = '') => ['close', { code, reason }] as const
const sessionEnded = () => Promise.reject(Object.assign(new Error('signed out'), { code: 'session_ended' }))

test('each connection has a ticket of its own', async () => {
  const { opened, newest, log } = await connected()
  newest().emit(...close(1006))
  await vi.advanceTimersByTimeAsync(500)
  newest().emit('open')
  expect(opened.map(({ url }) => url.slice(-1))).toEqual(['1', '2'])
  expect(log).toEqual(['up', 'down 1006', 'up'])
})

test('keep-alives are answered, and SIP is passed on', async () => {
  const { newest, log } = await connected()
  newest().emit('message', { data: '\r\n\r\n' })
  newest().emit('message', { data: '\r\n' })
  newest().emit('message', { data: 'SIP/2.0 200 OK' })
  expect([newest().sent, log]).toEqual([['\r\n'], ['up', 'SIP/2.0 200 OK']])
})

test('after two keep-alives that are missing it takes another socket', async () => {
  const { opened, newest, log } = await connected()
  for (let n = 0; n < 4; n += 1) {
    await vi.advanceTimersByTimeAsync(30_000)
    newest().emit('message', { data: '\r\n\r\n' })
  }
  expect(opened.length).toBe(1)
  await vi.advanceTimersByTimeAsync(40_000)
  expect([opened.length, opened[0]?.isClosed, log]).toEqual([2, true, ['up', 'down undefined']])
})

test('what an abandoned socket still reports is dropped', async () => {
  const { opened, newest, log } = await connected()
  await vi.advanceTimersByTimeAsync(40_000)
  newest().emit('open')
  opened[0]?.emit('message', { data: 'SIP/2.0 200 OK' })
  opened[0]?.emit(...close(4401))
  expect(log).toEqual(['up', 'down undefined', 'up'])
})

test('attempts come ever later, up to 30 s, and each failure of a ticket counts', async () => {
  let attempts = 0
  const { socket } = createFake({
    async nextUrl() {
      attempts += 1
      throw new Error('503')
    },
  })
  socket.connect()
  await vi.advanceTimersByTimeAsync(0)
  const seen: number[] = []
  for (let n = 0; n < 12; n += 1) {
    const before = attempts
    let waited = 0
    while (attempts === before) {
      await vi.advanceTimersByTimeAsync(50)
      waited += 50
    }
    seen.push(waited)
  }
  expect(seen[0]).toBeLessThanOrEqual(550)
  expect(Math.max(...seen)).toBeLessThanOrEqual(30_050)
  expect(seen.at(-1)).toBeGreaterThanOrEqual(15_000)
  // Nothing waits any longer once the network is back.
  const before = attempts
  socket.check()
  await vi.advanceTimersByTimeAsync(0)
  expect(attempts).toBe(before + 1)
})

test('a server that accepts and hangs up at once is not asked ever faster', async () => {
  const { opened, newest } = await connected()
  let waited = 0
  for (let n = 0; n < 6; n += 1) {
    const before = opened.length
    newest().emit(...close(1008))
    for (waited = 0; opened.length === before; waited += 50) await vi.advanceTimersByTimeAsync(50)
    newest().emit('open')
  }
  expect(waited).toBeGreaterThan(7_900)
})

test('an attempt that neither succeeds nor fails is given up after 10 s', async () => {
  const { socket, opened } = createFake()
  socket.connect()
  await vi.advanceTimersByTimeAsync(10_500)
  expect([opened.length, opened[0]?.isClosed]).toEqual([2, true])
})

test('an attempt that is given up wants its ticket no longer: one request at most is open', async () => {
  const signals: AbortSignal[] = []
  const { socket } = createFake({
    nextUrl(signal) {
      signals.push(signal)
      return new Promise(() => {})
    },
  })
  socket.connect()
  await vi.advanceTimersByTimeAsync(600_000)
  expect(signals.length).toBeGreaterThan(10)
  expect(signals.filter(({ aborted }) => !aborted).length).toBeLessThan(2)
  socket.disconnect()
  expect(signals.every(({ aborted }) => aborted)).toBe(true)
})

test('after a restart of the server the pages return spread over two seconds', async () => {
  const pages = await Promise.all(Array.from({ length: 500 }, () => connected()))
  for (const { newest } of pages) newest().emit(...close(1012))
  const back = () => pages.filter(({ opened }) => opened.length === 2).length
  let most = 0
  for (let n = 0; n < 20; n += 1) {
    const before = back()
    await vi.advanceTimersByTimeAsync(100)
    most = Math.max(most, back() - before)
  }
  // 25 on average in a tenth of a second.
  expect([back(), most < 60]).toEqual([500, true])
})

test('code 4429 ends it, until a person resumes', async () => {
  const { socket, opened, newest, log } = await connected()
  newest().emit(...close(4429))
  await vi.advanceTimersByTimeAsync(60_000)
  socket.check()
  await vi.advanceTimersByTimeAsync(0)
  expect([opened.length, log]).toEqual([1, ['up', 'down 4429', 'taken_by_other_window']])
  socket.resume()
  await vi.advanceTimersByTimeAsync(0)
  expect(opened.length).toBe(2)
})

describe('code 4401', () => {
  /** @param answer of the session, to each request after the first connection */
  async function refused(reason: string, answer: () => Promise<string>) {
    let isFirst = true
    const fake = await connected({
      async nextUrl() {
        if (!isFirst) return answer()
        isFirst = false
        return 'wss://pbx.example/socket'
      },
    })
    fake.newest().emit(...close(4401, reason))
    await vi.advanceTimersByTimeAsync(50)
    return fake
  }
  const later = (ms: number) => () =>
    new Promise<string>((resolve) => setTimeout(() => resolve('wss://pbx.example/socket'), ms))

  test('connects at once with another ticket', async () => {
    const { opened, newest, log } = await refused('token_revoked', later(0))
    newest().emit('open')
    await vi.advanceTimersByTimeAsync(5_000)
    expect([opened.length, log]).toEqual([2, ['up', 'down 4401', 'up']])
  })

  test('ends it where the session is over', async () => {
    const { socket, opened, log } = await refused('token_expired', sessionEnded)
    await vi.advanceTimersByTimeAsync(60_000)
    socket.check()
    await vi.advanceTimersByTimeAsync(0)
    expect([opened.length, log]).toEqual([1, ['up', 'down 4401', 'session_ended']])
  })

  test('counts as the end within a second while the session does not answer, and may turn out to be none', async () => {
    const { newest, opened, log } = await refused('token_revoked', later(3_000))
    await vi.advanceTimersByTimeAsync(900)
    expect(log).toEqual(['up', 'down 4401', 'session_ended'])
    await vi.advanceTimersByTimeAsync(3_000)
    newest().emit('open')
    expect([opened.length, log.at(-1)]).toEqual([2, 'up'])
  })

  test('of a token that was not renewed waits for the session', async () => {
    const { newest, log } = await refused('token_expired', later(5_000))
    await vi.advanceTimersByTimeAsync(5_000)
    newest().emit('open')
    expect(log).toEqual(['up', 'down 4401', 'up'])
  })

  test('again and again comes ever later', async () => {
    const { opened, newest } = await refused('token_expired', later(0))
    for (let n = 0; n < 40; n += 1) {
      if (opened.length > 1) newest().emit(...close(4401, 'token_expired'))
      await vi.advanceTimersByTimeAsync(1_000)
    }
    expect(opened.length).toBeLessThan(12)
  })
})

test('a ticket that is refused because the session is over ends the attempts', async () => {
  const nextUrl = vi.fn(sessionEnded)
  const { socket, log } = createFake({ nextUrl })
  socket.connect()
  await vi.advanceTimersByTimeAsync(60_000)
  expect([nextUrl.mock.calls.length, log]).toEqual([1, ['session_ended']])
})

test('a check replaces a socket that receives nothing within 4 s, and leaves a living one', async () => {
  const { socket, opened, newest } = await connected()
  expect(socket.check()).toBe(true)
  newest().emit('message', { data: 'SIP/2.0 200 OK' })
  await vi.advanceTimersByTimeAsync(5_000)
  expect(opened.length).toBe(1)
  socket.check()
  await vi.advanceTimersByTimeAsync(4_000)
  expect(opened.length).toBe(2)
})

test('a check after a sleep of the machine replaces the socket at once', async () => {
  const { socket, opened } = await connected()
  vi.setSystemTime(Date.now() + 3_600_000)
  expect(socket.check()).toBe(false)
  await vi.advanceTimersByTimeAsync(0)
  expect(opened.length).toBe(2)
})

test('after disconnect nothing follows', async () => {
  const { socket, opened, log } = await connected()
  socket.disconnect()
  await vi.advanceTimersByTimeAsync(120_000)
  expect([opened.length, opened[0]?.isClosed, socket.send('x'), log]).toEqual([1, true, false, ['up']])
})
