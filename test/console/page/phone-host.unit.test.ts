import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Api } from '../../../console/api/client.ts'
import type { Live } from '../../../console/app/live/live.ts'
import { createPhoneHost } from '../../../console/app/phone/phone-host.ts'
import type { Session } from '../../../console/app/session/session.ts'
import type { TabChannel, TabMessage } from '../../../console/app/session/tab-channel.ts'
import { createStore } from '../../../console/app/store.ts'

interface Needs {
  credentials(): Promise<{ socket_path: string }>
}
const { createPhone } = vi.hoisted(() => ({ createPhone: vi.fn<(needs: Needs) => unknown>() }))
vi.mock('../../../console/phone/phone.ts', () => ({ createPhone }))

function fakePhone() {
  const listeners = new Set<() => void>()
  let calls: { id: string; apiCallId?: string; state: string; peer: { number: string } }[] = []
  const phone = {
    start: vi.fn(async () => {}),
    stop: vi.fn(async () => {}),
    dial: vi.fn(async (number: string) => `card of ${number}`),
    identify: vi.fn((id: string, apiCallId: string) => {
      calls = calls.map((card) => (card.id === id ? { ...card, apiCallId } : card))
      for (const listener of listeners) listener()
    }),
    subscribe(listener: () => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    getSnapshot: () => ({ registration: { state: 'registered' }, calls, soundBlocked: false }),
  }
  return {
    phone,
    ring(id: string, number: string) {
      calls = [...calls, { id, state: 'ringing', peer: { number } }]
      for (const listener of listeners) listener()
    },
    listenerCount: () => listeners.size,
  }
}

function openHost({ socketPath = '/api/v1/phone/socket' } = {}) {
  const sent: TabMessage[] = []
  const listeners = new Set<(message: TabMessage) => void>()
  const channel: TabChannel = {
    send: (message) => void sent.push(message),
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
  }
  const calls = createStore<readonly unknown[]>([])
  const api = {
    GET: async () => ({ data: { status: 'ready' } }),
    POST: async () => ({ data: { socket_path: socketPath } }),
  }
  const host = createPhoneHost({
    session: { isLeader: createStore(true) } as unknown as Session,
    api: api as unknown as Api,
    live: { calls, onCommand: () => () => {} } as unknown as Live,
    channel,
  })
  const ask = () => {
    for (const listener of listeners)
      listener({ type: 'phone', data: { kind: 'ask', id: 'q', verb: 'dial', args: ['5'] } })
  }
  return { host, sent, calls, ask }
}
const settle = () => vi.advanceTimersByTimeAsync(0)

describe('the phone of the leader', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    vi.stubGlobal('localStorage', { getItem: () => null })
    createPhone.mockReset()
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })
  const begin = async () => {
    // The first import takes more than one turn.
    await import('../../../console/phone/phone.ts')
    await settle()
  }

  it('gives no answer after it was detached, so that the next one’s is the first', async () => {
    const fake = fakePhone()
    createPhone.mockReturnValue(fake.phone)
    const { host, ask, sent } = openHost()
    const detach = host.attach()
    host.start()
    await begin()
    ask()
    await settle()
    expect(sent.at(-1)).toMatchObject({ data: { kind: 'done', value: 'card of 5' } })
    host.stop()
    detach()
    const before = sent.length
    ask()
    await settle()
    expect(sent.length).toBe(before)
    expect(fake.phone.stop).toHaveBeenCalledTimes(1)
    expect(fake.listenerCount()).toBe(0)
  })

  it('tries again when it could not be loaded, until the tab leads no more', async () => {
    const fake = fakePhone()
    createPhone.mockImplementationOnce(() => {
      throw new TypeError('Failed to fetch dynamically imported module')
    })
    createPhone.mockReturnValueOnce(fake.phone)
    const { host } = openHost()
    host.start()
    await begin()
    await expect(host.run('dial', '5')).rejects.toMatchObject({ code: 'offline' })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(host.snapshot.get().registration.state).toBe('registered')

    host.stop()
    createPhone.mockImplementation(() => {
      throw new TypeError('Failed to fetch dynamically imported module')
    })
    host.start()
    await settle()
    host.stop()
    const before = createPhone.mock.calls.length
    await vi.advanceTimersByTimeAsync(60_000)
    expect(createPhone.mock.calls.length).toBe(before)
  })

  it('identifies a call that the stream announced before its INVITE came', async () => {
    const fake = fakePhone()
    createPhone.mockReturnValue(fake.phone)
    const { host, calls } = openHost()
    host.start()
    await begin()
    calls.set([{ id: 'a.1', from: { number: '1002' } }])
    fake.ring('card', '1002')
    expect(fake.phone.identify).toHaveBeenCalledExactlyOnceWith('card', 'a.1')
    expect(host.snapshot.get().calls[0]?.apiCallId).toBe('a.1')
    host.stop()
  })

  it.each([
    ['/api/v1/phone/socket', undefined],
    ['wss://pbx.example/ws', 'not_supported'],
    ['//pbx.example/ws', 'not_supported'],
  ])('has for the socket %s the refusal %s', async (socketPath, code) => {
    createPhone.mockReturnValue(fakePhone().phone)
    const { host } = openHost({ socketPath })
    host.start()
    await begin()
    const credentials = createPhone.mock.lastCall?.[0].credentials()
    const outcome = await credentials?.then(
      () => undefined,
      (err: { code: string }) => err.code,
    )
    expect(outcome).toBe(code)
    host.stop()
  })
})
