import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createSession } from '../../../console/app/session/session.ts'
import type { TabChannel, TabMessage } from '../../../console/app/session/tab-channel.ts'

const tokenOf = (sub: string) => `x.${btoa(JSON.stringify({ sub, role: 'user' }))}.x`
const grant = (sub: string) =>
  new Response(JSON.stringify({ data: { accessToken: tokenOf(sub), expiresIn: 600 } }))
const brokenOff = () =>
  new Response(
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"data":'))
        controller.error(new TypeError('terminated'))
      },
    }),
  )

describe('the session of the console', () => {
  const answers = new Map<string, () => Response | Promise<Response>>()
  const lockRequest = vi.fn()
  let stored: Map<string, string>
  let sent: TabMessage[]
  const channel: TabChannel = {
    send: (message) => void sent.push(message),
    listen: () => () => {},
  }
  beforeEach(() => {
    vi.useFakeTimers()
    sent = []
    stored = new Map([['hookswitch.signed-in', 'yes']])
    lockRequest.mockReset()
    lockRequest.mockImplementation(async (_name, options, use = options) => use({}))
    vi.stubGlobal('navigator', { locks: { request: lockRequest } })
    vi.stubGlobal('document', new EventTarget())
    vi.stubGlobal('localStorage', {
      getItem: (key: string) => stored.get(key) ?? null,
      setItem: (key: string, value: string) => void stored.set(key, value),
      removeItem: (key: string) => void stored.delete(key),
    })
    vi.stubGlobal('fetch', async (url: string) => answers.get(String(url).split(':').at(-1) ?? '')?.())
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })

  it('does not take the token of a refresh that was answered after the sign-out', async () => {
    answers.set('refresh', () => grant('1'))
    answers.set('logout', () => new Response('{}'))
    const session = createSession(channel)
    await vi.advanceTimersByTimeAsync(0)
    expect(session.state.get().status).toBe('signed-in')

    let answer = (_: Response) => {}
    answers.set('refresh', () => new Promise((resolve) => (answer = resolve)))
    await vi.advanceTimersByTimeAsync(500_000)
    await session.signOut()
    sent = []
    answer(grant('1'))
    await vi.advanceTimersByTimeAsync(0)
    expect(session.state.get()).toEqual({ status: 'signed-out', reason: 'signed_out' })
    expect(sent).toEqual([])
    expect(stored.size).toBe(0)
  })

  it('asks again when the answer with the token breaks off', async () => {
    answers.set('refresh', brokenOff)
    const session = createSession(channel)
    await vi.advanceTimersByTimeAsync(0)
    expect(session.state.get()).toEqual({ status: 'starting', connection: 'reconnecting' })
    answers.set('refresh', () => grant('1'))
    await vi.advanceTimersByTimeAsync(2_000)
    expect(session.state.get().status).toBe('signed-in')
  })

  it('answers a sign-in that breaks off as unavailable', async () => {
    stored.clear()
    answers.set('login', brokenOff)
    const session = createSession(channel)
    const outcome = await session.signIn({ login: 'a', password: 'b', rememberMe: false })
    expect(outcome).toBe('unavailable')
  })

  it('is not the leader on a page that may not lead, and finds out all the same whether it is signed in', async () => {
    answers.set('refresh', () => grant('1'))
    const session = createSession(channel, { mayLead: false })
    await vi.advanceTimersByTimeAsync(1_000)
    expect(lockRequest).not.toHaveBeenCalled()
    expect(session.isLeader.get()).toBe(false)
    expect(session.state.get().status).toBe('signed-in')
  })

  it('calls no listener that was removed', async () => {
    answers.set('refresh', () => grant('1'))
    const [stays, leaves] = [vi.fn(), vi.fn()]
    const session = createSession(channel)
    session.onRefreshed(stays)
    session.onRefreshed(leaves)()
    await vi.advanceTimersByTimeAsync(0)
    expect(stays).toHaveBeenCalledTimes(1)
    expect(leaves).not.toHaveBeenCalled()
  })
})
