import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { whyAsteriskUnavailable } from '../../support/asterisk.ts'
import { requestJson, type SseSubscription } from '../../support/http-client.ts'
import { type Phone, startPhone } from '../../support/phone.ts'
import { startCallers, startTrunkPeer } from '../../support/sipp.ts'
import { waitUntil } from '../../support/stack.ts'
import { startTelephony, type Telephony } from '../../support/telephony.ts'
import { detectTone } from '../../support/tone-detector.ts'
import {
  callEventsOf,
  extensionStateOf,
  loginV1Client,
  openSoftphone,
  type V1Client,
} from '../../support/v1-client.ts'

const missing = await whyAsteriskUnavailable()
const title = missing === undefined ? 'calls on a real PBX' : `calls on a real PBX (skipped: ${missing})`

/** The tone that each phone sends, in hertz. */
const TONES = { '1001': 440, '1002': 660, '1003': 880 }

describe.skipIf(missing !== undefined)(title, () => {
  let telephony: Telephony
  let alice: V1Client
  let bob: V1Client
  let carol: V1Client
  let admin: V1Client
  /** Phones of Alice (1001), Bob (1002) and Carol (1003), which answer only when the test requests it. */
  let phones: Phone[]
  let phone1: Phone
  let phone2: Phone
  let phone3: Phone
  let presence: SseSubscription
  const open: SseSubscription[] = []

  beforeAll(async () => {
    telephony = await startTelephony({ trunk: true })
    const { stack, asterisk } = telephony
    ;[alice, bob, carol, admin] = await Promise.all([
      loginV1Client(stack, 'user1'),
      loginV1Client(stack, 'user2'),
      loginV1Client(stack, 'user3'),
      loginV1Client(stack, 'admin'),
    ])
    const manual = (extension: keyof typeof TONES) =>
      startPhone(asterisk, extension, { answer: 'manual', tone: TONES[extension] })
    ;[phone1, phone2, phone3] = await Promise.all([manual('1001'), manual('1002'), manual('1003')])
    phones = [phone1, phone2, phone3]
    presence = await admin.follow('users-state')
    await areIdle()
  })
  afterEach(async () => {
    for (const one of open.splice(0)) one.close()
    for (const call of await admin.calls()) await admin.command(call.id, 'hangup')
    await waitUntil('all phones are idle', () => phones.every((phone) => phone.state() === 'idle'))
    await areIdle()
  })
  afterAll(async () => {
    presence?.close()
    await Promise.all((phones ?? []).map((phone) => phone.stop()))
    await telephony?.stop()
  })

  const areIdle = () =>
    waitUntil('everybody is seen as idle', () =>
      ['1001', '1002', '1003'].every((extension) => extensionStateOf(presence, extension) === 'Idle'),
    )
  const rings = (phone: Phone) => waitUntil(`${phone.extension} rings`, () => phone.state() === 'ringing')
  const take = async (phone: Phone) => {
    await rings(phone)
    await phone.accept()
  }
  const follow = async (caller: V1Client, channel?: 'me' | 'active-calls') => {
    const follower = await caller.follow(channel)
    open.push(follower)
    return follower
  }
  const softphone = async (caller: V1Client, phone: Phone) => {
    const follower = await openSoftphone(caller, phone)
    open.push(follower)
    return follower
  }
  /** Alice dials and talks with Bob, or with the given number. */
  async function talking(number = '1002', far = phone2): Promise<string> {
    const id = await alice.dial(number)
    await take(phone1)
    await take(far)
    await alice.waitForCall(id, 'they talk', ({ state, legs }) => state === 'up' && legs.length > 1)
    return id
  }
  const statusOf = async (caller: V1Client, id: string, command: string, json?: unknown) =>
    (await caller.command(id, command, json)).status

  describe('placing a call', () => {
    test('rings the own phone, then the number; Location shows each step, and both users are notified', async () => {
      const [aliceIs, bobIs] = [await follow(alice), await follow(bob)]
      const { status, body, headers } = await alice.request('/calls', { json: { number: '1002' } })
      const id = String(body.id)
      expect([status, headers.get('location')]).toEqual([202, `/api/v1/calls/${id}`])
      const seen = async () =>
        (await requestJson(`${telephony.stack.url}${headers.get('location')}`, alice)).body
      expect(['asked', 'dialling']).toContain((await seen()).state)
      await rings(phone1)
      await waitUntil('it is dialling', async () => (await seen()).state === 'dialling')
      expect([phone2.state(), (await seen()).outcome]).toEqual(['idle', null])
      await phone1.accept()
      await rings(phone2)
      await waitUntil('it rings', async () => (await seen()).state === 'ringing')
      await phone2.accept()
      await waitUntil('it is up', async () => (await seen()).state === 'up')
      expect(await seen()).toMatchObject({
        direction: 'internal',
        from: { number: '1001' },
        to: { number: '1002' },
        answered_at: expect.any(String),
      })
      await phone2.hangup()
      await waitUntil('it is over', async () => (await seen()).state === 'ended')
      expect(await seen()).toMatchObject({ outcome: 'answered', cause: 16 })

      const steps = (follower: SseSubscription) => [...new Set(callEventsOf(follower, id))]
      await waitUntil('both heard the end', () =>
        [aliceIs, bobIs].every((one) => callEventsOf(one, id).at(-1) === 'call_status answered'),
      )
      expect(steps(aliceIs)).toEqual([
        'call_status dialling',
        'call_status ringing',
        'call_status up',
        'call_status answered',
      ])
      expect(steps(bobIs)).toEqual(['incoming_call ringing', 'call_status up', 'call_status answered'])
      expect(bobIs.messages.at(-1)).toMatchObject({ calls: [] })
    })

    test('shows in users-state within a second, and to supervisors as a call', async () => {
      const active = await follow(admin, 'active-calls')
      const id = await talking()
      await waitUntil(
        'both are up',
        () => extensionStateOf(presence, '1001') === 'Up' && extensionStateOf(presence, '1002') === 'Up',
        1_000,
      )
      await waitUntil('the call is active', () => JSON.stringify(active.messages.at(-1)).includes(id), 1_000)
      expect(active.messages.at(-1)).toMatchObject({
        calls: [{ linkedid: id, typeCall: 'inner', src_num: '1001', exten: '1002', dst_num: '1002' }],
      })
      expect(await statusOf(alice, id, 'hangup')).toBe(204)
      await waitUntil(
        'both are idle',
        () => extensionStateOf(presence, '1001') === 'Idle' && extensionStateOf(presence, '1002') === 'Idle',
        1_000,
      )
      await waitUntil(
        'no call is active',
        () => JSON.stringify(active.messages.at(-1)?.calls) === '[]',
        1_000,
      )
    })

    test('with one Idempotency-Key is one call, also for repeated and simultaneous requests', async () => {
      const key = 'the same key'.replaceAll(' ', '-')
      const ids = await Promise.all([1, 2, 3].map(() => alice.dial('1002', { key })))
      expect(new Set(ids).size).toBe(1)
      await rings(phone1)
      expect(await alice.calls()).toHaveLength(1)
      expect(await alice.dial('1002', { key })).toBe(ids[0])
      const other = await alice.request('/calls', {
        json: { number: '1003' },
        headers: { 'Idempotency-Key': key },
      })
      expect(other).toMatchObject({ status: 422, body: { code: 'key_reused' } })
      await phone1.reject()
      await alice.waitForCall(ids[0] ?? '', 'it is over', ({ state }) => state === 'ended')
      expect((await alice.request('/calls/history?limit=100')).body.calls).toEqual(
        expect.not.arrayContaining([expect.objectContaining({ to: { number: '1003', name: '' } })]),
      )
    })
  })

  test('an admin places a call for a user and rings their phone; users place calls only for themselves', async () => {
    const json = { number: '1002', user_id: alice.userId }
    expect((await bob.request('/calls', { json })).status).toBe(403)
    const { status, body } = await admin.request('/calls', { json })
    expect(status).toBe(202)
    await take(phone1)
    await rings(phone2)
    expect(await alice.call(String(body.id))).toMatchObject({ from: { number: '1001', name: 'user1' } })
  })

  describe('answering a call', () => {
    test('is done by the softphone', async () => {
      await softphone(bob, phone2)
      const id = await alice.dial('1002')
      await take(phone1)
      await rings(phone2)
      expect(await statusOf(bob, id, 'answer')).toBe(204)
      await waitUntil('his phone is up', () => phone2.state() === 'up')
      expect(await bob.call(id)).toMatchObject({ state: 'up' })
    })

    test('is not supported without a connected softphone', async () => {
      await waitUntil(
        'nobody listens',
        async () => (await carol.request('/capabilities')).body.softphone_listens === false,
      )
      const id = await alice.dial('1003')
      await take(phone1)
      await rings(phone3)
      expect(await carol.command(id, 'answer')).toMatchObject({
        status: 501,
        body: { code: 'not_supported' },
      })
      expect(phone3.state()).toBe('ringing')
    })
  })

  describe('hanging up a call', () => {
    test.each([
      ['the caller', () => alice],
      ['the callee', () => bob],
      ['an admin who is no party', () => admin],
    ])('by %s ends the call for both', async (_, who) => {
      const id = await talking()
      expect(await statusOf(who(), id, 'hangup')).toBe(204)
      await waitUntil('both phones are free', () =>
        [phone1, phone2].every((phone) => phone.state() === 'idle'),
      )
      expect(await alice.history(id)).toMatchObject({ outcome: 'answered', billable: expect.any(Number) })
      // Hanging up an ended call is no error.
      expect(await statusOf(who(), id, 'hangup')).toBe(204)
    })
  })

  describe('holding a call', () => {
    test('puts the far end on hold and resumes', async () => {
      await softphone(alice, phone1)
      const id = await talking()
      expect(await statusOf(alice, id, 'hold')).toBe(204)
      const held = await alice.call(id)
      expect(held.state).toBe('held')
      expect(held.legs.map(({ extension, holds }) => [extension, holds])).toEqual([
        ['1001', true],
        ['1002', false],
      ])
      await waitUntil('it is seen', () => extensionStateOf(presence, '1001') === 'OnHold')
      expect(await statusOf(alice, id, 'unhold')).toBe(204)
      expect(await alice.call(id)).toMatchObject({ state: 'up' })
      await waitUntil('and seen again', () => extensionStateOf(presence, '1001') === 'Up')
    })
  })

  describe('a blind transfer', () => {
    test('leaves the two others talking', async () => {
      const id = await talking()
      expect(await statusOf(alice, id, 'transfer', { number: '1003' })).toBe(204)
      await waitUntil('Alice is out', () => phone1.state() === 'idle')
      await take(phone3)
      const call = await bob.waitForCall(id, 'Bob and Carol talk', ({ legs }) =>
        ['1002', '1003'].every((one) =>
          legs.some(({ extension, state }) => extension === one && state === 'up'),
        ),
      )
      expect(call.state).toBe('up')
      expect(phone2.state()).toBe('up')
      await phone3.hangup()
      const { parties, outcome } = await alice.history(id)
      expect(outcome).toBe('answered')
      expect(parties.map(({ extension }) => extension).sort()).toEqual(['1001', '1002', '1003'])
    })

    test('to an unknown number is refused, and the call goes on', async () => {
      const id = await talking()
      expect(await alice.command(id, 'transfer', { number: '999' })).toMatchObject({
        status: 422,
        body: { code: 'unknown_number' },
      })
      expect(await alice.call(id)).toMatchObject({ state: 'up' })
      expect([phone1.state(), phone2.state()]).toEqual(['up', 'up'])
    })
  })

  describe('an attended transfer', () => {
    test('is completed, and the two others talk', async () => {
      const id = await talking()
      expect(await statusOf(alice, id, 'attended-transfer', { number: '1003' })).toBe(204)
      await take(phone3)
      expect(phone2.state()).toBe('up')
      await waitUntil('Alice and Carol talk', () => phone3.state() === 'up' && phone1.state() === 'up')
      expect(await statusOf(alice, id, 'attended-transfer/complete')).toBe(204)
      await waitUntil('Alice is out', () => phone1.state() === 'idle')
      const call = await bob.waitForCall(
        id,
        'Bob and Carol talk',
        ({ state, legs }) =>
          state === 'up' &&
          ['1002', '1003'].every((one) =>
            legs.some(({ extension, state }) => extension === one && state === 'up'),
          ),
      )
      expect(call.legs.find(({ extension }) => extension === '1001')?.state).toBe('ended')
      expect(await bob.calls()).toHaveLength(1)
      expect([phone2.state(), phone3.state()]).toEqual(['up', 'up'])
    })

    test('is cancelled, the far end is back, and the third phone stops ringing', async () => {
      const id = await talking()
      expect(await statusOf(alice, id, 'attended-transfer', { number: '1003' })).toBe(204)
      await rings(phone3)
      expect(await statusOf(alice, id, 'attended-transfer/cancel')).toBe(204)
      await waitUntil('Carol’s phone is quiet', () => phone3.state() === 'idle')
      expect(await alice.waitForCall(id, 'it is up', ({ state }) => state === 'up')).toMatchObject({
        outcome: null,
      })
      expect([phone1.state(), phone2.state()]).toEqual(['up', 'up'])
    })
  })

  describe('digits', () => {
    test('arrive at the far phone in order', async () => {
      const id = await talking()
      const before = phone2.receivedDigits()
      expect(await statusOf(alice, id, 'dtmf', { digits: '1470#' })).toBe(204)
      await waitUntil('they are heard', () => phone2.receivedDigits() === `${before}1470#`)
    })

    /** After this, a transfer by keys would have begun to dial. */
    const TRANSFER_DIAL_MS = 3_500
    const stillTalk = async (id: string) => {
      await sleep(TRANSFER_DIAL_MS)
      expect([phone1.state(), phone2.state()]).toEqual(['up', 'up'])
      expect((await alice.call(id)).legs.map(({ extension }) => extension)).toEqual(['1001', '1002'])
    }
    test.each([
      ['in one request, by the caller', () => [alice, phone2, ['#1630']] as const],
      ['in several requests, by the other end', () => [bob, phone1, [...'#1630']] as const],
    ])('start no feature code of the PBX: %s', async (_, who) => {
      const id = await talking()
      const [by, far, requests] = who()
      const before = far.receivedDigits()
      for (const digits of requests) expect(await statusOf(by, id, 'dtmf', { digits })).toBe(204)
      await waitUntil('the other end hears them all', () => far.receivedDigits() === `${before}#1630`)
      await stillTalk(id)
    })

    test('reach a dialplan that reads them, and none counts as pressed once it dials', async () => {
      const id = await alice.dial('661')
      await take(phone1)
      await alice.waitForCall(id, 'it is answered', ({ state }) => state === 'up')
      await sleep(300) // The dialplan reads digits from now on.
      expect(await statusOf(alice, id, 'dtmf', { digits: '1002#1630' })).toBe(504)
      await rings(phone2)
      expect(await statusOf(alice, id, 'dtmf', { digits: '#' })).toBe(409)
      await phone2.accept()
      await alice.waitForCall(id, 'they talk', ({ state, legs }) => state === 'up' && legs.length > 1)
      expect(await statusOf(alice, id, 'dtmf', { digits: '1630' })).toBe(204)
      await stillTalk(id)
    })

    test.each(['1w2', '', '12\r\nAction: Logoff'])('of %j are refused', async (digits) => {
      const id = await talking()
      expect(await statusOf(alice, id, 'dtmf', { digits })).toBe(400)
      expect(phone2.state()).toBe('up')
    })
  })

  describe('parking a call', () => {
    test('brings the far end to a space, from which any phone retrieves it', async () => {
      const id = await talking()
      const { status, body } = await alice.command(id, 'park')
      const space = String(body.space)
      expect([status, space]).toEqual([200, expect.stringMatching(/^7[012]\d$/)])
      expect(await bob.call(id)).toMatchObject({ state: 'parked' })
      expect((await bob.call(id)).legs.find(({ extension }) => extension === '1002')).toMatchObject({
        parked_at: space,
      })
      await waitUntil('Alice is out', () => phone1.state() === 'idle')
      const retrieving = await carol.dial(space)
      await take(phone3)
      await waitUntil('Bob and Carol talk', async () =>
        (await carol.calls()).some(({ legs }) =>
          legs.some(({ extension, state }) => extension === '1002' && state === 'up'),
        ),
      )
      expect(retrieving).toMatch(/^hk_/)
      expect(await bob.calls()).toHaveLength(1)
    })
  })

  describe('muting a leg', () => {
    test('silences it for the far end until it is unmuted', async () => {
      // Bob's side is recorded: the audio that he sends, and the audio that he gets.
      const id = await bob.dial('81001')
      await take(phone2)
      await take(phone1)
      await alice.waitForCall(
        id,
        'it is up and recorded',
        ({ state, recording }) => `${state} ${recording}` === 'up on',
      )
      expect(await statusOf(alice, id, 'mute')).toBe(204)
      await sleep(600)
      expect(await statusOf(alice, id, 'unmute')).toBe(204)
      await sleep(600)
      expect(await statusOf(bob, id, 'hangup')).toBe(204)
      const recorded = () => readFileSync(join(telephony.asterisk.recordings, `${id}.wav`))
      await waitUntil('it is written', () => detectTone(recorded(), 440).length > 20)
      const alices = detectTone(recorded(), TONES['1001']).join('')
      expect(alices).toMatch(/-{8,}#{8,}/)
      expect(detectTone(recorded(), TONES['1002']).join('')).toMatch(/#{20,}/)
    })
  })

  describe('a recording', () => {
    test('is paused and resumed, and only a party may play it', async () => {
      const id = await talking('81002')
      expect(
        await alice.waitForCall(id, 'it is recorded', ({ recording }) => recording === 'on'),
      ).toBeDefined()
      expect(await statusOf(alice, id, 'recording/pause')).toBe(204)
      expect(await alice.call(id)).toMatchObject({ recording: 'paused' })
      expect(await statusOf(bob, id, 'recording/resume')).toBe(204)
      expect(await alice.call(id)).toMatchObject({ recording: 'on' })
      // The file must not be empty.
      await sleep(500)
      await phone1.hangup()
      expect(await alice.history(id)).toMatchObject({ recorded: true, to: { number: '81002' } })
      for (const party of [alice, bob, admin]) {
        const link = await party.request(`/calls/history/${id}/recording-link`, { method: 'POST' })
        expect(link.status).toBe(201)
        const file = await fetch(`${telephony.stack.url}${link.body.url}`)
        const bytes = Buffer.from(await file.arrayBuffer())
        expect([file.status, bytes.subarray(0, 4).toString('latin1')]).toEqual([200, 'RIFF'])
        expect(detectTone(bytes, TONES['1001'])).toContain('#')
      }
      expect(await carol.request(`/calls/history/${id}/recording-link`, { method: 'POST' })).toMatchObject({
        status: 404,
      })
    })

    test('is found by the PBX’s file name, as is each of several', async () => {
      const id = await talking('681')
      await sleep(500)
      await phone1.hangup()
      const { recorded, recordings } = await alice.history(id)
      expect([recorded, recordings]).toEqual([true, [{ name: `${id}.wav` }, { name: `in-1001-${id}.wav` }]])
      const { body } = await bob.request(`/calls/history/${id}/recording-link`, { method: 'POST' })
      const links = body.links as { url: string }[] // the documented shape
      expect(links.map(({ url }) => url.split('?')[0])).toEqual([
        `/media/welcome/${id}.wav`,
        `/media/talk/in-1001-${id}.wav`,
      ])
      expect(body.url).toBe(links[0]?.url)
      for (const { url } of links) {
        const file = await fetch(`${telephony.stack.url}${url}`)
        const bytes = Buffer.from(await file.arrayBuffer())
        expect([file.status, bytes.subarray(0, 4).toString('latin1')]).toEqual([200, 'RIFF'])
      }
    })

    test('of a call that is not recorded cannot be paused', async () => {
      const id = await talking()
      expect(await alice.command(id, 'recording/pause')).toMatchObject({
        status: 409,
        body: { code: 'conflict' },
      })
    })
  })

  describe('the user who answers', () => {
    test('may pick up at a third phone, which talks, commands and has answered, while the phone that rang has not', async () => {
      await phone1.dial('1002')
      await rings(phone2)
      await phone3.dial('*61002')
      await waitUntil('Alice and Carol talk', () => phone1.state() === 'up' && phone3.state() === 'up')
      const talks = async () =>
        (await carol.calls()).find(({ state, legs }) => state === 'up' && legs.length === 3)
      await waitUntil('it is one call', async () => (await talks()) !== undefined)
      const { id } = (await talks()) as { id: string } // it was just seen
      expect(await statusOf(carol, id, 'hangup')).toBe(204)
      const { outcome, parties } = await bob.history(id)
      expect(outcome).toBe('answered')
      expect(Object.fromEntries(parties.map((one) => [one.extension, one.answered]))).toEqual({
        1001: true,
        1002: false,
        1003: true,
      })
      expect((await carol.request('/calls/history?limit=1')).body.calls).toMatchObject([{ id }])
    })

    test('does not exist if the caller hangs up in a queue', async () => {
      const id = await alice.dial('651')
      await take(phone1)
      await alice.waitForCall(id, 'she waits', ({ state }) => state === 'up')
      await sleep(1_200)
      await phone1.hangup()
      await waitUntil('the record of the PBX is known', async () => {
        const { outcome, answered_at, billable } = await alice.history(id)
        return outcome === 'cancelled' && answered_at === null && billable === 0
      })
    })
  })

  describe('an external party', () => {
    test('is dialed through the trunk, and answers', async () => {
      const outside = await startTrunkPeer(telephony.asterisk, 'answers')
      const id = await alice.dial('0301234567')
      await take(phone1)
      const call = await alice.waitForCall(id, 'they talk', ({ state }) => state === 'up')
      expect(call).toMatchObject({ direction: 'outgoing', to: { number: '0301234567' } })
      expect(call.legs.map(({ extension }) => extension)).toEqual(['1001', null])
      expect(await statusOf(alice, id, 'hangup')).toBe(204)
      expect(await alice.history(id)).toMatchObject({ direction: 'outgoing', outcome: 'answered' })
      await outside.stop()
    })

    test('calls in, shows its number, and is answered by the softphone', async () => {
      const bobIs = await softphone(bob, phone2)
      const callers = await startCallers(telephony.asterisk, {
        from: 'trunk',
        shows: '+493055501',
        to: '1002',
        seconds: 0.5,
      })
      await rings(phone2)
      await waitUntil('Bob is told', () => bobIs.messages.at(-1)?.type === 'incoming_call')
      const [call] = await bob.calls()
      expect(call).toMatchObject({
        direction: 'incoming',
        state: 'ringing',
        from: { number: '+493055501' },
        to: { number: '1002' },
      })
      expect(await statusOf(bob, call?.id ?? '', 'answer')).toBe(204)
      expect(await callers.done).toEqual({ succeeded: 1, failed: 0 })
      expect(await bob.history(call?.id ?? '')).toMatchObject({ direction: 'incoming', outcome: 'answered' })
    })
  })

  describe('a user who is not in the call', () => {
    test('finds no call to see or to command, and an admin does', async () => {
      const id = await talking()
      const asked = [
        ...['answer', 'hangup', 'decline', 'hold', 'unhold', 'mute', 'unmute', 'park'],
        ...['recording/pause', 'recording/resume', 'attended-transfer/complete', 'attended-transfer/cancel'],
      ]
      for (const command of asked)
        expect([command, await statusOf(carol, id, command)]).toEqual([command, 404])
      for (const command of ['transfer', 'attended-transfer'])
        expect(await statusOf(carol, id, command, { number: '1003' })).toBe(404)
      expect(await statusOf(carol, id, 'dtmf', { digits: '1' })).toBe(404)
      expect((await carol.request(`/calls/${id}`)).status).toBe(404)
      expect(await carol.calls()).toEqual([])
      expect([phone1.state(), phone2.state()]).toEqual(['up', 'up'])

      expect(await statusOf(admin, id, 'dtmf', { digits: '5' })).toBe(204)
      expect(await statusOf(admin, id, 'transfer', { number: '1003' })).toBe(204)
      await rings(phone3)
    })
  })

  test('after all these tests no secret is in any log, and no request has failed', () => {
    const logs = telephony.stack.logs()
    const { users, phoneSecret } = telephony.asterisk
    expect(logs).toContain('pbx_snapshot')
    for (const secret of [users.events.secret, users.control.secret, phoneSecret, alice.token.slice(-30)])
      expect(logs).not.toContain(secret)
    expect(logs).not.toContain('request_failed')
  })
})
