import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { PhoneError } from '../../../console/phone/phone-types.ts'
import { createFakeCall, createFakePhone } from './fake-line.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

async function started(overrides: Parameters<typeof createFakePhone>[0] = {}) {
  const fake = createFakePhone(overrides)
  await fake.phone.start()
  return fake
}
const firstId = ({ live }: ReturnType<typeof createFakePhone>) => live()[0]?.id ?? ''

describe('a call that the page asks for', () => {
  test('is answered by itself when its INVITE comes, and only once', async () => {
    const fake = await started()
    await fake.phone.dial('1001')
    expect(fake.states()).toEqual(['outgoing ringing'])
    fake.invite(createFakeCall('hk_own'))
    await vi.advanceTimersByTimeAsync(0)
    expect(fake.states()).toEqual(['outgoing active'])
    const again = fake.invite(createFakeCall('hk_own'))
    await vi.advanceTimersByTimeAsync(0)
    expect([fake.states(), again.acts]).toEqual([['outgoing active', 'incoming ringing'], []])
  })

  test('is answered although its INVITE rang before a slow API answered', async () => {
    let reply = (_: { id: string }) => {}
    const fake = await started({ api: { dial: () => new Promise((resolve) => (reply = resolve)) } })
    const dialled = fake.phone.dial('1001')
    await vi.advanceTimersByTimeAsync(0)
    fake.invite(createFakeCall('hk_own'))
    expect([fake.states(), fake.log]).toEqual([['outgoing ringing'], []])
    await vi.advanceTimersByTimeAsync(2_000)
    expect([fake.states(), fake.log]).toEqual([['outgoing ringing', 'incoming ringing'], ['ring']])
    reply({ id: 'hk_own' })
    await dialled
    await vi.advanceTimersByTimeAsync(0)
    expect([fake.states(), fake.log.at(-1)]).toEqual([['outgoing active'], 'off'])
  })

  test('is refused when its INVITE comes after the user hung up', async () => {
    const fake = await started()
    fake.phone.hangup(await fake.phone.dial('1001'))
    const call = fake.invite(createFakeCall('hk_own'))
    await vi.advanceTimersByTimeAsync(0)
    expect([fake.live(), call.acts]).toEqual([[], ['reject 603']])
  })

  test('ends when the API refuses it, with the error of the API', async () => {
    const refusal = new Error('policy')
    const fake = await started({ api: { dial: () => Promise.reject(refusal) } })
    await expect(fake.phone.dial('1001')).rejects.toBe(refusal)
    expect(fake.phone.getSnapshot().calls).toMatchObject([{ state: 'ended', error: 'refused' }])
  })

  test('ends when no INVITE comes', async () => {
    const fake = await started()
    await fake.phone.dial('1001')
    await vi.advanceTimersByTimeAsync(20_000)
    expect(fake.phone.getSnapshot().calls).toMatchObject([{ state: 'ended', error: 'no_invite' }])
  })

  test('is forgotten two minutes after the API placed it', async () => {
    const fake = await started()
    await fake.phone.dial('1001')
    await vi.advanceTimersByTimeAsync(119_000)
    expect(fake.invite(createFakeCall('hk_own')).acts).toEqual(['reject 603'])
    await fake.phone.dial('1001')
    await vi.advanceTimersByTimeAsync(120_000)
    fake.invite(createFakeCall('hk_own'))
    expect(fake.states()).toEqual(['incoming ringing'])
  })

  test('the test call dials the echo', async () => {
    const dial = vi.fn(async () => ({ id: 'hk_own' }))
    const fake = await started({ api: { dial } })
    await fake.phone.testCall()
    expect(dial).toHaveBeenCalledWith('600')
  })
})

describe('the microphone', () => {
  test('without it no call is placed, an incoming one goes on ringing, and a later permission ends the block', async () => {
    let isDenied = true
    const dial = vi.fn(async () => ({ id: 'hk_own' }))
    const fake = await started({
      api: { dial },
      async prepareMicrophone() {
        if (isDenied) throw new PhoneError('microphone_denied')
      },
    })
    fake.line().onRegistration({ state: 'registered' })
    await expect(fake.phone.dial('1001')).rejects.toMatchObject({ code: 'microphone_denied' })
    expect(dial).not.toHaveBeenCalled()
    expect(fake.phone.getSnapshot().registration).toEqual({ state: 'blocked', reason: 'microphone_denied' })
    fake.invite(createFakeCall())
    await expect(fake.phone.answer(firstId(fake))).rejects.toMatchObject({ code: 'microphone_denied' })
    expect(fake.states()).toEqual(['incoming ringing'])
    isDenied = false
    await fake.phone.answer(firstId(fake))
    expect(fake.states()).toEqual(['incoming active'])
    expect(fake.phone.getSnapshot().registration).toEqual({ state: 'registered' })
  })

  test('in an insecure context the line is not even started', async () => {
    const fake = await started({ blocked: 'insecure_context' })
    expect(fake.phone.getSnapshot().registration).toEqual({ state: 'blocked', reason: 'insecure_context' })
    expect(fake.line).toThrow()
    await expect(fake.phone.dial('1001')).rejects.toMatchObject({ code: 'insecure_context' })
  })
})

describe('a call in progress', () => {
  async function talking() {
    const fake = await started()
    const call = fake.invite(createFakeCall())
    await fake.phone.answer(firstId(fake))
    return { fake, call, id: firstId(fake) }
  }

  test('the other end may hold it too: nothing is sent, and its music is played', async () => {
    const { fake, call, id } = await talking()
    call.remoteHold(true)
    expect([fake.states(), call.voice]).toEqual([['incoming remote-held'], { send: false, receive: true }])
    await fake.phone.hold(id)
    expect([fake.states(), call.voice]).toEqual([['incoming held'], { send: false, receive: false }])
    await fake.phone.unhold(id)
    expect(fake.states()).toEqual(['incoming remote-held'])
    call.remoteHold(false)
    expect([fake.states(), call.voice]).toEqual([['incoming active'], { send: true, receive: true }])
  })

  test('a hold that fails leaves the call silent and shows it as held', async () => {
    const { fake, call, id } = await talking()
    call.hold = () => Promise.reject(new PhoneError('timeout'))
    await expect(fake.phone.hold(id)).rejects.toMatchObject({ code: 'timeout' })
    expect([fake.states(), call.voice]).toEqual([['incoming held'], { send: false, receive: false }])
  })

  test('a mute while the microphone changes holds for the next one', async () => {
    let changed = () => {}
    const fake = await started({ setDevices: () => new Promise((resolve) => (changed = resolve)) })
    const call = fake.invite(createFakeCall())
    await fake.phone.answer(firstId(fake))
    const change = fake.phone.setDevices({ microphone: 'headset' })
    await vi.advanceTimersByTimeAsync(0)
    fake.phone.mute(firstId(fake), true)
    // The next track sends what the last one did.
    call.voice = { send: true, receive: true }
    changed()
    await change
    expect(call.voice).toEqual({ send: false, receive: true })
  })

  test('another call beeps, and a swap continues the one that has been held longest', async () => {
    const { fake } = await talking()
    for (let n = 0; n < 2; n += 1) {
      fake.invite(createFakeCall())
      expect(fake.log.at(-1)).toBe('waiting')
      await fake.phone.answer(fake.live().at(-1)?.id ?? '')
    }
    expect(fake.states()).toEqual(['incoming held', 'incoming held', 'incoming active'])
    await fake.phone.swap()
    expect(fake.states()).toEqual(['incoming active', 'incoming held', 'incoming held'])
    await fake.phone.swap()
    expect(fake.states()).toEqual(['incoming held', 'incoming active', 'incoming held'])
  })

  test('a new registration gives it new ICE credentials', async () => {
    const { fake, call } = await talking()
    fake.line().onReregistered()
    await vi.advanceTimersByTimeAsync(0)
    expect(call.acts).toEqual(['answer', 'restart'])
  })

  test('media that does not connect after the answer is negotiated again, and the call is lost unless that helps', async () => {
    const { fake, call } = await talking()
    fake.line().onRegistration({ state: 'registered' })
    await vi.advanceTimersByTimeAsync(4_000)
    expect(call.acts).toEqual(['answer'])
    await vi.advanceTimersByTimeAsync(2_000)
    expect(call.acts).toEqual(['answer', 'restart'])
    await vi.advanceTimersByTimeAsync(10_000)
    expect(fake.phone.getSnapshot().calls[0]).toMatchObject({ state: 'ended', error: 'lost' })
  })

  test('media that has connected before the answer is known is left alone', async () => {
    const fake = await started()
    const call = fake.invite(createFakeCall())
    call.media(true)
    await fake.phone.answer(firstId(fake))
    fake.line().onRegistration({ state: 'registered' })
    await vi.advanceTimersByTimeAsync(20_000)
    expect(call.acts).toEqual(['answer'])
  })

  test('media that fails is negotiated again, and the call is lost unless that helps', async () => {
    const { fake, call } = await talking()
    call.media(false)
    await vi.advanceTimersByTimeAsync(0)
    expect(call.acts).toEqual(['answer'])
    fake.line().onRegistration({ state: 'registered' })
    call.media(false)
    await vi.advanceTimersByTimeAsync(9_000)
    expect(call.acts).toEqual(['answer', 'restart'])
    call.media(true)
    await vi.advanceTimersByTimeAsync(20_000)
    expect(fake.states()).toEqual(['incoming active'])
    call.media(false)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(call.acts).toEqual(['answer', 'restart', 'restart', 'terminate'])
    expect(fake.phone.getSnapshot().calls[0]).toMatchObject({ state: 'ended', error: 'lost' })
  })

  test.each(['1', '*#', 'ABCD', '1,2'])('the digits %s are sent', async (digits) => {
    const { fake, call, id } = await talking()
    fake.phone.sendDtmf(id, digits)
    expect(call.acts.at(-1)).toBe(`dtmf ${digits}`)
  })

  test.each(['', 'x', '1 2', '1\r\n', '1'.repeat(65)])('the digits %j are refused', async (digits) => {
    const { fake, id } = await talking()
    expect(() => fake.phone.sendDtmf(id, digits)).toThrow('invalid_digits')
  })

  test('its quality is measured while it lasts', async () => {
    const { fake, call } = await talking()
    await vi.advanceTimersByTimeAsync(2_000)
    expect(fake.live()[0]?.quality).toEqual({ lossRatio: 0, jitterMs: 1, rttMs: 2 })
    call.finish()
    expect(fake.phone.getSnapshot().calls[0]?.quality).toBeUndefined()
  })

  test('its end is played, and its card goes by itself; one with an error stays longer', async () => {
    const { fake, call } = await talking()
    call.finish()
    expect(fake.log.at(-1)).toBe('tone ended')
    await vi.advanceTimersByTimeAsync(4_000)
    expect(fake.states()).toEqual([])
    fake.invite(createFakeCall()).finish('lost')
    await vi.advanceTimersByTimeAsync(20_000)
    expect(fake.phone.getSnapshot().calls).toMatchObject([{ state: 'ended', error: 'lost' }])
    fake.phone.dismiss(fake.phone.getSnapshot().calls[0]?.id ?? '')
    expect(fake.states()).toEqual([])
  })

  test('the end of the session, and a stop, end it', async () => {
    const { fake, call } = await talking()
    fake.line().onRegistration({ state: 'blocked', reason: 'session_ended' })
    expect([fake.live(), call.isOver]).toEqual([[], true])
    fake.invite(createFakeCall())
    await fake.phone.stop()
    expect([fake.live(), fake.log.at(-1)]).toEqual([[], 'line stopped'])
    expect(fake.phone.getSnapshot().registration).toEqual({ state: 'offline' })
  })
})

describe('commands of the API', () => {
  const command = (seconds = 5) => ({
    command: 'answer' as const,
    call_id: 'hk_1',
    expires_at: new Date(Date.now() + seconds * 1_000).toISOString(),
  })

  test('one that comes before its call waits for it, until it expires', async () => {
    const fake = await started()
    await fake.phone.obey(command())
    await vi.advanceTimersByTimeAsync(4_000)
    fake.invite(createFakeCall('hk_1'))
    await vi.advanceTimersByTimeAsync(0)
    expect(fake.states()).toEqual(['incoming active'])
  })

  test('one that has expired does nothing', async () => {
    const fake = await started()
    await fake.phone.obey(command())
    await fake.phone.obey(command(0))
    await vi.advanceTimersByTimeAsync(5_000)
    fake.invite(createFakeCall('hk_1'))
    await fake.phone.obey(command(-1))
    await vi.advanceTimersByTimeAsync(0)
    expect(fake.states()).toEqual(['incoming ringing'])
  })

  test('a call without an id is found once it has been identified', async () => {
    const fake = await started()
    fake.invite(createFakeCall())
    await fake.phone.obey(command())
    expect(fake.states()).toEqual(['incoming ringing'])
    fake.phone.identify(firstId(fake), 'hk_1')
    await vi.advanceTimersByTimeAsync(0)
    expect(fake.states()).toEqual(['incoming active'])
  })
})

test('a snapshot is the same object until something changes', async () => {
  const fake = await started()
  const listener = vi.fn()
  const unsubscribe = fake.phone.subscribe(listener)
  const before = fake.phone.getSnapshot()
  expect(fake.phone.getSnapshot()).toBe(before)
  fake.invite(createFakeCall())
  expect(fake.phone.getSnapshot()).not.toBe(before)
  expect(listener).toHaveBeenCalled()
  listener.mockClear()
  unsubscribe()
  fake.phone.decline(firstId(fake))
  expect(listener).not.toHaveBeenCalled()
})
