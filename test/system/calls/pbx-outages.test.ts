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
  /** The last calls at the moment when the PBX was killed. */
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
    // Asterisk stores registrations once a second, and would not know these phones after the restart.
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

  describe('a PBX that is killed during calls', () => {
    beforeAll(async () => {
      talked = await talking()
      rang = await bob.dial('1001')
      await waitUntil('Bob’s second line rings', () => phone2.state() === 'ringing')
      await bob.waitForCall(rang, 'it rings', ({ state }) => state === 'dialling')
      await telephony.asterisk.kill()
    })

    test('leaves all users unavailable and shows no call', async () => {
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
    ])('refuses %s with a retry soon', async (_, command) => {
      const { status, headers, body } = await command()
      expect([status, body.code]).toEqual([503, 'unavailable'])
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
    })

    test('leaves no live call after its restart, and a record with what is known of each', async () => {
      await hungUp()
      await telephony.asterisk.restart()
      await isOnline()
      expect(await admin.calls()).toEqual([])
      await are('Idle')
      expect(await alice.history(talked)).toMatchObject({ outcome: 'answered', cause: null })
      expect(await bob.history(rang)).toMatchObject({ outcome: 'unknown', answered_at: null })
      expect(await alice.call(talked)).toMatchObject({ state: 'ended' })
    })

    test('connects calls again after its restart, without restarting anything else', async () => {
      await hungUp()
      const id = await talking()
      expect((await alice.command(id, 'hangup')).status).toBe(204)
      expect(await alice.history(id)).toMatchObject({ outcome: 'answered', cause: 16 })
    })
  })

  describe('a PBX that hangs', () => {
    let before: number
    beforeEach(async () => {
      await hungUp()
      await isOnline()
      await are('Idle')
      before = ((await alice.request('/calls/history?limit=100')).body.calls as unknown[]).length
    })
    const kept = async () =>
      ((await alice.request('/calls/history?limit=100')).body.calls as unknown[]).length - before

    test('gets a dial that times out once, and the call is found when it continues', async () => {
      const key = 'while-it-stood-still'
      // New connections send no Ping for 15 s: an unanswered one would end them, and the dial with them.
      telephony.stack.signal('api', 'SIGKILL')
      await isOnline()
      await telephony.asterisk.freeze()
      const placed = Promise.all([1, 2].map(() => alice.dial('1002', { key })))
      // The response times out after 8 seconds; the API then waits as long again for the call.
      await sleep(9_500)
      telephony.asterisk.thaw()
      const ids = await placed
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

    test('does not get a dial that it never read after its restart', async () => {
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
