import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type AmiClient, createAmiClient } from '../../../api/asterisk/ami-client.ts'
import type { AmiAction } from '../../../api/asterisk/ami-codec.ts'
import { createAmiSocketFactory } from '../../../api/asterisk/ami-socket.ts'
import { toPbxEvents } from '../../../api/asterisk/event-mapper.ts'
import { toOriginateAction } from '../../../api/asterisk/originate.ts'
import { startTimer } from '../../../api/asterisk/timer.ts'
import type { Call } from '../../../api/core/calls/call.ts'
import { createCallTracker } from '../../../api/core/calls/call-tracker.ts'
import {
  type AmiUser,
  type AsteriskServer,
  startAsterisk,
  whyAsteriskUnavailable,
} from '../../support/asterisk.ts'
import { type Phone, startPhone } from '../../support/phone.ts'
import { clearedNumber } from '../../support/phone-numbers.ts'

const missing = await whyAsteriskUnavailable()
const title = missing === undefined ? 'a real Asterisk' : `a real Asterisk (skipped: ${missing})`

describe.skipIf(missing !== undefined)(`calls of ${title}`, () => {
  let asterisk: AsteriskServer
  let events: AmiClient
  let control: AmiClient
  let ann: Phone
  let bob: Phone
  const reported: Call[] = []
  const table = createCallTracker({
    isOwnEndpoint: (endpoint) => /^\d{3,4}$/.test(endpoint),
    now: Date.now,
    defer: setImmediate,
    onError: () => {},
  })
  table.onChange((call) => reported.push(call))
  const sweeping = setInterval(table.tick, 200)

  beforeAll(async () => {
    asterisk = await startAsterisk({ sharedExtension: true })
    events = transport(asterisk.users.events, 'system,call,cdr', true)
    control = transport(asterisk.users.control, 'off', false)
    events.on('event', (event) => {
      for (const fact of toPbxEvents(event, Date.now() * 1000)) table.handle(fact)
    })
    events.open()
    control.open()
    await until(() => expect([events.state().phase, control.state().phase]).toEqual(['up', 'up']))
    ann = await startPhone(asterisk, '1001')
    bob = await startPhone(asterisk, '1002', { answer: 'manual' })
  })
  afterAll(async () => {
    clearInterval(sweeping)
    await ann?.stop()
    await bob?.stop()
    await events?.close()
    await control?.close()
    await asterisk?.stop()
  })

  const transport = ({ username, secret }: AmiUser, classes: string, waitForBoot: boolean) =>
    createAmiClient({
      connect: createAmiSocketFactory({ host: '127.0.0.1', port: asterisk.amiPort }),
      login: { username, secret, events: classes, waitForBoot },
      instance: 'test',
      nonce: () => randomBytes(8).toString('hex'),
      random: Math.random,
      startTimer,
      onError: () => {},
    })
  const until = (check: () => void) => vi.waitFor(check, { timeout: 20_000, interval: 10 })
  /** Rings Ann's phone, or the given one, and then the number. */
  const dial = async (ChannelId: string, Exten: string, more: Partial<AmiAction> = {}) => {
    await control.action({
      Action: 'Originate',
      Channel: 'PJSIP/1001',
      ChannelId,
      Context: 'internal',
      Exten,
      Priority: 1,
      CallerID: '"Ann" <1001>',
      Async: true,
      ...more,
    } as AmiAction)
    return ChannelId
  }
  const becomes = (id: string, what: object) => until(() => expect(table.find(id)).toMatchObject(what))
  const hangUp = (Channel: string | undefined, Cause = 16) =>
    control.action({ Action: 'Hangup', Channel: Channel ?? '', Cause })
  const legOf = (id: string, endpoint: string) =>
    table.find(id)?.legs.find((leg) => leg.endpoint === endpoint)
  /** Bob's leg, once the PBX has reported the answer of his phone. */
  async function ringing(id: string) {
    await until(() => expect([bob.state(), legOf(id, '1002')?.state]).toEqual(['ringing', 'ringing']))
    return legOf(id, '1002')
  }
  const ended = (outcome: string) => ({ state: 'ended', outcome })

  test('a call is placed, rings, is answered, held, resumed and hung up', async () => {
    const id = await dial('hk_talk', '1002')
    await becomes(id, { state: 'ringing', direction: 'internal', to: { number: '1002' } })
    await until(() => expect(bob.state()).toBe('ringing'))
    expect(table.find(id)?.answeredAt).toBeUndefined()
    await bob.accept()
    await becomes(id, { state: 'up' })
    await ann.hold()
    await becomes(id, { state: 'held' })
    await ann.resume()
    await becomes(id, { state: 'up' })
    await bob.hangup()
    await becomes(id, { ...ended('answered'), cause: 16 })
    await until(() => expect(reported.findLast((call) => call.id === id)?.state).toBe('ended'))
    // The own phone answers at once: its ringing may be over before it can be reported.
    const states = reported.map(({ state }) => state).filter((state) => state !== 'dialling')
    expect(states.filter((state, at) => state !== states[at - 1])).toEqual([
      'ringing',
      'up',
      'held',
      'up',
      'ended',
    ])
  })

  test('a call to a phone that is not registered is unavailable', async () => {
    const id = await dial('hk_nobody', '1003')
    await becomes(id, { ...ended('unavailable'), answeredAt: undefined })
  })

  test('a call from an own phone that is not registered is own_unavailable', async () => {
    const id = await dial('hk_away', '1002', { Channel: 'PJSIP/1003' })
    await becomes(id, ended('own_unavailable'))
  })

  test('a call to a busy phone is busy', async () => {
    const id = await dial('hk_busy', '1002')
    await until(() => expect(bob.state()).toBe('ringing'))
    await bob.reject()
    await becomes(id, { ...ended('busy'), cause: 17 })
  })

  test('a call from an own phone that is busy is own_busy', async () => {
    const id = await dial('hk_own', '1001', { Channel: 'PJSIP/1002' })
    await until(() => expect(bob.state()).toBe('ringing'))
    await bob.reject()
    await becomes(id, ended('own_busy'))
  })

  test('a call from an own phone that is not answered is own_no_answer', async () => {
    const id = await dial('hk_long', '1001', { Channel: 'PJSIP/1002', Timeout: 1_000 })
    await becomes(id, { state: 'dialling' })
    await becomes(id, ended('own_no_answer'))
  })

  test('a call that is hung up while either phone rings is cancelled', async () => {
    const own = await dial('hk_stop', '1001', { Channel: 'PJSIP/1002' })
    await until(() => expect(bob.state()).toBe('ringing'))
    await hangUp(own)
    await becomes(own, ended('cancelled'))
    const far = await dial('hk_stop2', '1002')
    await until(() => expect(bob.state()).toBe('ringing'))
    await hangUp(far)
    await becomes(far, ended('cancelled'))
  })

  test('a call with a far leg that is hung up as busy is declined', async () => {
    const id = await dial('hk_no', '1002')
    await hangUp((await ringing(id))?.channelId, 17)
    await becomes(id, ended('busy'))
  })

  test('a call to an application is answered by the PBX itself', async () => {
    const id = await dial('hk_echo', '600')
    await becomes(id, { state: 'ringing', answeredAt: undefined })
    await becomes(id, { state: 'up', direction: 'internal', to: { number: '600' } })
    await hangUp(id)
    await becomes(id, ended('answered'))
  })

  test('a call that a phone dials is tracked', async () => {
    await bob.dial('1001')
    await until(() =>
      expect(table.ofEndpoints(['1002'])).toMatchObject([{ state: 'up', from: { number: '1002' } }]),
    )
    const id = table.ofEndpoints(['1002'])[0]?.id ?? ''
    await bob.hangup()
    await becomes(id, ended('answered'))
  })

  test('a recorded call shows its recording', async () => {
    const id = await dial('hk_rec', '81002')
    await until(() => expect(bob.state()).toBe('ringing'))
    await bob.accept()
    await becomes(id, { state: 'up', recording: 'on', recordings: [{ channelId: id }] })
    await control.action({ Action: 'MixMonitorMute', Channel: id, Direction: 'both', State: 1 })
    await becomes(id, { recording: 'paused' })
    await control.action({ Action: 'MixMonitorMute', Channel: id, Direction: 'both', State: 0 })
    await becomes(id, { recording: 'on' })
    await hangUp(id)
    await becomes(id, { ...ended('answered'), recordings: [{ channelId: id }] })
  })

  test('both legs stay legs when they are redirected', async () => {
    const id = await dial('hk_redirect', '1002')
    await until(() => expect(bob.state()).toBe('ringing'))
    await bob.accept()
    await becomes(id, { state: 'up' })
    const far = legOf(id, '1002')?.channelId ?? ''
    const to = (prefix: string) => ({
      [`${prefix}Context`]: 'internal',
      [`${prefix}Exten`]: '630',
      [`${prefix}Priority`]: 1,
    })
    await control.action({ Action: 'Redirect', Channel: id, ...to(''), ExtraChannel: far, ...to('Extra') })
    await until(() =>
      expect(table.find(id)?.legs.map(({ bridge }) => bridge)).toEqual([undefined, undefined]),
    )
    expect(table.find(id)).toMatchObject({ state: 'up', legs: [{ state: 'up' }, { state: 'up' }] })
    await hangUp(id)
    await hangUp(far)
    await becomes(id, ended('answered'))
  })

  test('a call that is picked up becomes one call', async () => {
    const id = await dial('hk_ring', '1002')
    const Data = (await ringing(id))?.channelName ?? ''
    const Channel = 'PJSIP/1001'
    const picker = {
      Action: 'Originate',
      Channel,
      ChannelId: 'hk_pick',
      Application: 'PickupChan',
      Data,
      Async: true,
    }
    await control.action(picker)
    await becomes(id, { state: 'held' }) // the phone holds its first call by itself
    await becomes('hk_pick', { state: 'ended' })
    const { answeredAt } = table.find(id) ?? {}
    // The phone that rang is cancelled at any moment of it.
    const live = () => table.live().map((call) => [call.id, call.legs.map((leg) => leg.state)])
    await until(() => expect(live()).toEqual([[id, ['up', 'ended', 'up']]]))
    await hangUp(id)
    await becomes(id, { ...ended('answered'), answeredAt })
    await until(() => expect(reported.findLast((call) => call.id === id)?.state).toBe('ended'))
    // A late event may report it once more, with a change.
    const picked = reported.filter((call) => call.id === 'hk_pick')
    expect(picked.at(-1)?.state).toBe('ended')
    for (const [n, call] of picked.entries()) expect(call).not.toStrictEqual(picked[n - 1])
  })

  test('a queue rings its agents, one leg each time', async () => {
    const id = await dial('hk_queue', '610')
    await becomes(id, { state: 'ringing', to: { number: '610' } })
    await until(() => expect(bob.state()).toBe('ringing'))
    await bob.accept()
    await becomes(id, { state: 'up', to: { number: '610', name: 'Bob' } })
    await hangUp(id)
    await becomes(id, ended('answered'))
  })

  describe('click-to-call of a user with two phones', () => {
    const order = (callId: string) => ({
      ...{ callId, endpoint: '1005', isBrowser: false, number: clearedNumber('1002'), ringMs: 15_000 },
      callerId: { name: 'Ann', number: '1005' },
    })
    const names = { technology: 'PJSIP', dialContext: 'internal' }
    let two: Phone[]
    beforeAll(async () => {
      const one = () => startPhone(asterisk, '1005', { answer: 'manual' })
      two = [await one(), await one()]
    })
    afterAll(() => Promise.all(two.map((phone) => phone.stop())))
    const states = () => two.map((phone) => phone.state())

    test('rings one of them if the dialplan has no context for it', async () => {
      await control.action(toOriginateAction(order('hk_single'), names))
      await until(() => expect([...states()].sort()).toEqual(['idle', 'ringing']))
      await hangUp('hk_single')
      await becomes('hk_single', ended('cancelled'))
      await until(() => expect(states()).toEqual(['idle', 'idle']))
    })

    test.each([0, 1])('rings both through a context, and either may answer: phone %i', async (taker) => {
      const id = `hk_all${taker}`
      await control.action(toOriginateAction(order(id), { ...names, ringContext: 'hookswitch-ring' }))
      await until(() => expect(states()).toEqual(['ringing', 'ringing']))
      await becomes(id, { state: 'dialling', direction: 'internal', from: { number: '1005' } })
      expect(table.find(id)?.legs.map(({ endpoint, role }) => [endpoint, role])).toEqual([
        ['1005', 'caller'],
        ['1005', 'caller'],
      ])
      await two[taker]?.accept()
      await until(() => expect(states()).toEqual(taker === 0 ? ['up', 'idle'] : ['idle', 'up']))
      await ringing(id)
      expect(table.find(id)).toMatchObject({
        state: 'ringing',
        answeredAt: undefined,
        to: { number: '1002' },
      })
      await bob.accept()
      await becomes(id, { state: 'up', direction: 'internal', to: { number: '1002' } })
      await until(() => expect(new Set(ups(id).map(({ bridge }) => bridge)).size).toBe(1))
      expect(ups(id).map(({ endpoint }) => endpoint)).toEqual(expect.arrayContaining(['1005', '1002']))
      await hangUp(ups(id).find(({ endpoint }) => endpoint === '1005')?.channelId)
      await becomes(id, ended('answered'))
      await until(() => expect([...states(), bob.state()]).toEqual(['idle', 'idle', 'idle']))
    })

    test('is cancelled while both ring', async () => {
      await control.action(toOriginateAction(order('hk_both'), { ...names, ringContext: 'hookswitch-ring' }))
      await until(() => expect(states()).toEqual(['ringing', 'ringing']))
      await hangUp('hk_both')
      await becomes('hk_both', ended('cancelled'))
      await until(() => expect(states()).toEqual(['idle', 'idle']))
    })

    const ups = (id: string) => table.find(id)?.legs.filter(({ state }) => state === 'up') ?? []
  })

  test('no call is left at the end', () => {
    expect(table.live()).toEqual([])
  })
})
