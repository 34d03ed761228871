import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { CallOutcome } from '../../../api/core/calls/call.ts'
import { PHONE_201_SECRET } from '../../../bin/stack/pbx-conf.ts'
import { whyAsteriskUnavailable } from '../../support/asterisk.ts'
import type { SseSubscription } from '../../support/http-client.ts'
import { type Phone, startPhone } from '../../support/phone.ts'
import { type ScriptedPhones, startScriptedPhones } from '../../support/sipp.ts'
import { waitUntil } from '../../support/stack.ts'
import { startTelephony, type Telephony } from '../../support/telephony.ts'
import { callEventsOf, extensionStateOf, loginV1Client, type V1Client } from '../../support/v1-client.ts'

const missing = await whyAsteriskUnavailable()
const title = missing === undefined ? 'calls that fail' : `calls that fail (skipped: ${missing})`

describe.skipIf(missing !== undefined)(title, () => {
  let telephony: Telephony
  let alice: V1Client
  let bob: V1Client
  /** The user with a phone that declines every call. */
  let carol: V1Client
  /** The user with a phone that is not registered. */
  let admin: V1Client
  let phone1: Phone
  let phone2: Phone
  /** A phone that answers every call by itself, and calls a phone that never answers. */
  let busyPhone: Phone
  let patient: V1Client
  let waiting: string
  const scripted: ScriptedPhones[] = []

  beforeAll(async () => {
    telephony = await startTelephony({ load: true })
    const { stack, asterisk } = telephony
    ;[alice, bob, carol, admin, patient] = await Promise.all([
      loginV1Client(stack, 'user1'),
      loginV1Client(stack, 'user2'),
      loginV1Client(stack, 'user3'),
      loginV1Client(stack, 'admin'),
      loginV1Client(stack, '201', PHONE_201_SECRET),
    ])
    ;[phone1, phone2, busyPhone] = await Promise.all([
      startPhone(asterisk, '1001', { answer: 'manual' }),
      startPhone(asterisk, '1002', { answer: 'manual' }),
      startPhone(asterisk, '201'),
    ])
    scripted.push(
      ...(await Promise.all([
        startScriptedPhones(asterisk, '1003', 'declines'),
        startScriptedPhones(asterisk, '2001', 'busy'),
        startScriptedPhones(asterisk, '2002', 'declines'),
        startScriptedPhones(asterisk, '2003', 'never answers'),
      ])),
    )
    const presence = await admin.follow('users-state')
    await waitUntil('all who are there are idle', () =>
      ['1001', '1002', '1003', '201'].every((extension) => extensionStateOf(presence, extension) === 'Idle'),
    )
    expect(extensionStateOf(presence, '1000')).toBe('Unavailable')
    presence.close()
    // The dialplan lets it ring for 30 seconds: time for all other tests.
    waiting = await patient.dial('2003')
  })
  afterEach(async () => {
    await waitUntil('all phones are idle', () => [phone1, phone2].every((phone) => phone.state() === 'idle'))
  })
  afterAll(async () => {
    await Promise.all([...scripted, phone1, phone2, busyPhone].map((one) => one?.stop()))
    await telephony?.stop()
  })

  const rings = (phone: Phone) => waitUntil(`${phone.extension} rings`, () => phone.state() === 'ringing')
  /** A user places a call and answers the own phone. */
  async function reaching(number: string): Promise<string> {
    const id = await alice.dial(number)
    await rings(phone1)
    await phone1.accept()
    return id
  }
  /** Until Bob's phone rings. */
  async function ringing(): Promise<string> {
    const id = await reaching('1002')
    await rings(phone2)
    await alice.waitForCall(id, 'it rings', ({ state }) => state === 'ringing')
    return id
  }
  const ownPhoneRings = async () => {
    const id = await alice.dial('1002')
    await rings(phone1)
    await alice.waitForCall(id, 'it is dialling', ({ state }) => state === 'dialling')
    return id
  }
  async function placedByHand(number: string): Promise<string> {
    await phone1.dial(number)
    let kept: { id: string }[] = []
    await waitUntil('it is kept', async () => {
      const { body } = await alice.request(`/calls/history?number=${number}`)
      kept = body.calls as { id: string }[] // the documented shape
      return kept.length > 0
    })
    return kept[0]?.id ?? ''
  }
  const ok = async (caller: V1Client, id: string, command: string) =>
    expect((await caller.command(id, command)).status).toBe(204)

  const CASES: readonly [
    claim: string,
    outcome: CallOutcome,
    who: () => V1Client,
    action: () => Promise<string>,
  ][] = [
    ['the far end is busy', 'busy', () => alice, () => reaching('2001')],
    ['the PBX itself says busy to a phone that dials', 'busy', () => alice, () => placedByHand('620')],
    ['the far phone declines', 'declined', () => alice, () => reaching('2002')],
    ['the far phone is not registered', 'unavailable', () => alice, () => reaching('1000')],
    [
      'the callee declines by command',
      'busy',
      () => alice,
      async () => {
        const id = await ringing()
        await ok(bob, id, 'decline')
        return id
      },
    ],
    [
      'the callee presses the key for busy',
      'busy',
      () => alice,
      async () => {
        const id = await ringing()
        await phone2.reject()
        return id
      },
    ],
    [
      'the caller hangs up while it rings',
      'cancelled',
      () => alice,
      async () => {
        const id = await ringing()
        await phone1.hangup()
        return id
      },
    ],
    [
      'the caller ends it by command while it rings',
      'cancelled',
      () => alice,
      async () => {
        const id = await ringing()
        await ok(alice, id, 'hangup')
        return id
      },
    ],
    [
      'the caller ends it while the own phone rings',
      'cancelled',
      () => alice,
      async () => {
        const id = await ownPhoneRings()
        await ok(alice, id, 'hangup')
        return id
      },
    ],
    [
      'the caller ends it before anything rings',
      'cancelled',
      () => alice,
      async () => {
        const id = await alice.dial('1002')
        await ok(alice, id, 'hangup')
        return id
      },
    ],
    [
      'the own phone is busy',
      'own_busy',
      () => alice,
      async () => {
        const id = await ownPhoneRings()
        await phone1.reject()
        return id
      },
    ],
    ['nobody takes the own phone', 'own_no_answer', () => alice, ownPhoneRings],
    ['the own phone declines', 'own_declined', () => carol, () => carol.dial('1002')],
    ['the own phone is not registered', 'own_unavailable', () => admin, () => admin.dial('1002')],
  ]
  test.each(CASES)('if %s, the outcome is %s', async (_, outcome, who, action) => {
    const id = await action()
    const call = await who().waitForCall(id, 'it is over', ({ state }) => state === 'ended')
    expect([call.outcome, call.answered_at]).toEqual([outcome, null])
    expect(await who().history(id)).toMatchObject({ id, outcome, billable: 0, answered_at: null })
    const list = await who().request(`/calls/history?outcome=${outcome}&limit=100`)
    expect(list.body.calls).toContainEqual(expect.objectContaining({ id }))
  })

  test('a call that rings and is given up is missed by its callee alone, and one that they refuse is not', async () => {
    const countOf = async (client: V1Client) => Number((await client.request('/calls/missed')).body.count)
    const before = { alice: await countOf(alice), bob: await countOf(bob) }
    const refused = await ringing()
    await ok(bob, refused, 'decline')
    expect(await bob.history(refused)).toMatchObject({ outcome: 'busy', missed: false })
    await waitUntil('all phones are idle', () => [phone1, phone2].every((phone) => phone.state() === 'idle'))
    const id = await ringing()
    await phone1.hangup()
    expect(await bob.history(id)).toMatchObject({ outcome: 'cancelled', missed: true })
    expect(await alice.history(id)).toMatchObject({ missed: false })
    expect([await countOf(alice), await countOf(bob)]).toEqual([before.alice, before.bob + 1])

    const { calls } = (await bob.request('/calls/history?missed=true&limit=1')).body as {
      calls: { id: string; ended_at: string }[]
    } // the documented shape
    expect(calls[0]?.id).toBe(id)
    const until = calls[0]?.ended_at
    expect((await bob.request('/calls/missed/seen', { method: 'PUT', json: { until } })).status).toBe(204)
    expect(await bob.request('/calls/missed')).toMatchObject({ body: { count: 0, seen_until: until } })
  })

  test('the caller gets the reason, on the private channel', async () => {
    const follower: SseSubscription = await alice.follow('me')
    const id = await reaching('2001')
    await waitUntil('it is told', () => callEventsOf(follower, id).at(-1) === 'call_status busy')
    follower.close()
  })

  test('an unknown number is refused at once, rings no phone and is not stored', async () => {
    const before = await alice.request('/calls/history?limit=100')
    expect(await alice.request('/calls', { json: { number: '5555' } })).toMatchObject({
      status: 422,
      body: { code: 'unknown_number' },
    })
    expect(phone1.state()).toBe('idle')
    expect((await alice.request('/calls/history?limit=100')).body).toEqual(before.body)
  })

  test.each([
    ['outside the policy', '+1 900 555 0100', 403, 'dial_denied'],
    ['of the own phone', '1001', 400, 'input_invalid'],
    ['that is no number', '10\r\nAction: Logoff', 400, 'input_invalid'],
  ])('a number %s is refused without a request to the PBX', async (_, number, status, code) => {
    expect(await alice.request('/calls', { json: { number } })).toMatchObject({ status, body: { code } })
    expect(await alice.calls()).toEqual([])
  })

  test('a far end that never answers: no_answer', async () => {
    const call = await patient.waitForCall(
      waiting,
      'the PBX times out',
      ({ state }) => state === 'ended',
      40_000,
    )
    expect(call).toMatchObject({ outcome: 'no_answer', answered_at: null })
    expect(await patient.history(waiting)).toMatchObject({ outcome: 'no_answer' })
  })
})
