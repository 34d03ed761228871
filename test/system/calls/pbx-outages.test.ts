import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { whyAsteriskUnavailable } from '../../support/asterisk.ts'
import type { SseSubscription } from '../../support/http-client.ts'
import { type Phone, startPhone } from '../../support/phone.ts'
import { waitUntil } from '../../support/stack.ts'
import { startTelephony, type Telephony } from '../../support/telephony.ts'
import { extensionStateOf, loginV1Client, type V1Client } from '../../support/v1-client.ts'

const missing = await whyAsteriskUnavailable()
const title = missing === undefined ? 'a PBX in trouble' : `a PBX in trouble (skipped: ${missing})`

describe.skipIf(missing !== undefined)(title, () => {
  let telephony: Telephony
  let alice: V1Client
  let bob: V1Client
  let admin: V1Client
  let phone1: Phone
  let phone2: Phone
  let presence: SseSubscription
  /** Where the last calls were, when the PBX died. */
  let talked: string
  let rang: string

  beforeAll(async () => {
    telephony = await startTelephony()
    const { stack, asterisk } = telephony
    ;[alice, bob, admin] = (await Promise.all(
      (['user1', 'user2', 'admin'] as const).map((username) => loginV1Client(stack, username)),
    )) as [V1Client, V1Client, V1Client]
    ;[phone1, phone2] = await Promise.all([
      startPhone(asterisk, '1001', { answer: 'manual' }),
      startPhone(asterisk, '1002', { answer: 'manual' }),
    ])
    presence = await admin.follow('users-state')
    await are('Idle')
    // Asterisk writes registrations down once a second, and would not know these phones in its next life.
    await sleep(1_500)
  })
  afterAll(async () => {
    presence?.close()
    await Promise.all([phone1, phone2].map((phone) => phone?.stop()))
    await telephony?.stop()
  })

  const are = (state: string) =>
    waitUntil(`both are ${state}`, () =>
      ['1001', '1002'].every((extension) => extensionStateOf(presence, extension) === state),
    )
  const rings = (phone: Phone) => waitUntil(`${phone.extension} rings`, () => phone.state() === 'ringing')
  async function talking(): Promise<string> {
    const id = await alice.dial('1002')
    for (const phone of [phone1, phone2]) {
      await rings(phone)
      await phone.accept()
    }
    await alice.waitForCall(id, 'they talk', ({ state }) => state === 'up')
    return id
  }
  const isOnline = () =>
    waitUntil('it is online', async () => (await alice.request('/calls')).body.online === true)
  const hungUp = async () => {
    for (const phone of [phone1, phone2]) while (phone.state() !== 'idle') await phone.hangup()
  }

  describe('killed with calls up', () => {
    beforeAll(async () => {
      talked = await talking()
      rang = await bob.dial('1001')
      await waitUntil('Bob’s second line rings', () => phone2.state() === 'ringing')
      await bob.waitForCall(rang, 'it rings', ({ state }) => state === 'dialling')
      await telephony.asterisk.kill()
    })

    test('nobody can be reached, and nothing is said to be up', async () => {
      await are('Unavailable')
      await waitUntil('it is not online', async () => (await alice.request('/calls')).body.online === false)
    })

    test.each([
      ['dialling', () => alice.request('/calls', { json: { number: '1002' } })],
      ['hanging up', () => alice.command(talked, 'hangup')],
      ['a transfer', () => alice.command(talked, 'transfer', { number: '1003' })],
      ['parking', () => alice.command(talked, 'park')],
      ['digits', () => alice.command(talked, 'dtmf', { digits: '1' })],
      ['declining', () => bob.command(rang, 'decline')],
    ])('%s is to be tried again soon', async (_, deed) => {
      const { status, headers, body } = await deed()
      expect([status, body.code]).toEqual([503, 'unavailable'])
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
    })

    test('back again, it has no ghosts, and what was up is kept as what is known of it', async () => {
      await hungUp()
      await telephony.asterisk.restart()
      await isOnline()
      expect(await admin.calls()).toEqual([])
      await are('Idle')
      expect(await alice.history(talked)).toMatchObject({ outcome: 'answered', cause: null })
      expect(await bob.history(rang)).toMatchObject({ outcome: 'unknown', answered_at: null })
      expect(await alice.call(talked)).toMatchObject({ state: 'ended' })
    })

    test('and a call goes through, without anything else being started again', async () => {
      await hungUp()
      const id = await talking()
      expect((await alice.command(id, 'hangup')).status).toBe(204)
      expect(await alice.history(id)).toMatchObject({ outcome: 'answered', cause: 16 })
    })
  })

  describe('standing still', () => {
    let before: number
    beforeEach(async () => {
      await hungUp()
      await isOnline()
      await are('Idle')
      before = ((await alice.request('/calls/history?limit=100')).body.calls as unknown[]).length
    })
    const kept = async () =>
      ((await alice.request('/calls/history?limit=100')).body.calls as unknown[]).length - before

    test('a dial longer than anybody waits for is sent once, and is found when it wakes', async () => {
      const key = 'while-it-stood-still'
      // On new connections no Ping is due for 15 s: one that nobody answers would end them, and the dial with them.
      telephony.stack.signal('api', 'SIGKILL')
      await isOnline()
      await telephony.asterisk.freeze()
      const dialled = Promise.all([1, 2].map(() => alice.dial('1002', { key })))
      // The PBX is asked for an answer within 8 seconds; what came of it is waited for as long again.
      await sleep(9_500)
      telephony.asterisk.thaw()
      const ids = await dialled
      expect(new Set(ids).size).toBe(1)
      await rings(phone1)
      await alice.waitForCall(ids[0] ?? '', 'it rings', ({ state }) => state === 'dialling')
      expect(await alice.calls()).toMatchObject([{ id: ids[0], state: 'dialling', legs: [{}] }])
      await phone1.reject()
      await alice.waitForCall(ids[0] ?? '', 'it is over', ({ state }) => state === 'ended')
      expect(await alice.dial('1002', { key })).toBe(ids[0])
      await alice.history(ids[0] ?? '')
      expect([phone1.state(), await kept()]).toEqual(['idle', 1])
    })

    test('a dial that it never read is not sent to the next one', async () => {
      const key = 'lost-with-it'
      await telephony.asterisk.freeze()
      const asked = alice.request('/calls', { json: { number: '1002' }, headers: { 'Idempotency-Key': key } })
      await sleep(300)
      await telephony.asterisk.kill()
      await telephony.asterisk.restart()
      const { status, body } = await asked
      expect([status, body.code]).toEqual([504, 'unconfirmed'])
      await isOnline()
      expect(await alice.calls()).toEqual([])
      const again = await alice.dial('1002', { key })
      expect(await alice.call(again)).toMatchObject({ state: 'asked' })
      expect(phone1.state()).toBe('idle')
    })
  })
})
