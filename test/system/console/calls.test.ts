import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { whyAsteriskUnavailable } from '../../support/asterisk.ts'
import { dockOf, transferTo } from '../../support/console/calling-person.ts'
import {
  answerAlice,
  type CallingStack,
  startCallingStack,
  TONES,
} from '../../support/console/calling-stack.ts'
import type { Person } from '../../support/console/console-page.ts'
import { untilNotified, watchNotifications } from '../../support/console/worker-page.ts'
import { requestJson } from '../../support/http-client.ts'
import { waitUntil } from '../../support/stack.ts'

const missing = await whyAsteriskUnavailable()
const title = missing === undefined ? 'console: calls' : `console: calls (skipped: ${missing})`
const { carl: CARL, dora: DORA, alice: ALICE, bob: BOB } = TONES

describe.skipIf(missing !== undefined)(title, () => {
  let all: CallingStack
  let carl: CallingStack['carl']
  let dora: CallingStack['dora']
  beforeAll(async () => {
    all = await startCallingStack()
    ;({ carl, dora } = all)
  })
  afterEach(async () => {
    await all.pbx.cli('channel request hangup all')
    await Promise.all([carl.untilCalls(), dora.untilCalls(), all.untilIdle()])
  })
  afterAll(async () => {
    await all?.stop()
  })

  // Each user may place ten calls a minute.
  const talkWithAlice = () => answerAlice(all, carl)

  test('a browser calls a browser by name; the tone of each arrives at the other', async () => {
    await dora.call('user3')
    await carl.cards('ringing').getByText('admin').waitFor()
    await carl.answer()
    await Promise.all([carl.untilSound(DORA), dora.untilSound(CARL)])
    for (const { page } of [carl, dora]) expect(await page.evaluate('sound.energy()')).toBeGreaterThan(0)
    await carl.click('active', 'Hang up')
    await dora.untilCalls()
  })

  test('a browser calls a SIP phone, which gets its tone and its digits', async () => {
    await dora.call('1002')
    await dora.untilSound(BOB)
    expect(await all.partSent('1002', DORA)).toBeGreaterThan(0.4)
    await dora.click('active', 'Hang up')
    await dora.untilCalls()
    await dora.call('201')
    await dora.untilSound(TONES.desk)
    await dora.click('active', 'Keypad')
    for (const digit of '42#') await dora.click('active', `Digit ${digit}`)
    await waitUntil('the digits', () => all.desk.receivedDigits() === '42#')
  })

  test('a SIP phone calls a browser; hold is silent for the held one', async () => {
    await talkWithAlice()
    expect(await all.partSent('1001', CARL)).toBeGreaterThan(0.4)
    await carl.click('active', 'Hold')
    await carl.untilCalls('held')
    expect(await all.partSent('1001', CARL)).toBe(0)
    await carl.untilSilent()
    await carl.click('held', 'Resume')
    await carl.untilSound(ALICE)
    expect(await all.partSent('1001', CARL)).toBeGreaterThan(0.4)
  })

  test('a blind transfer connects the other two', async () => {
    await talkWithAlice()
    await transferTo(carl, '1000', 'Transfer now')
    await dora.answer()
    await carl.untilCalls()
    await dora.untilSound(ALICE, CARL)
    expect(await all.partSent('1001', DORA)).toBeGreaterThan(0.4)
  })

  test('an attended transfer connects the other two after a word with the third', async () => {
    await talkWithAlice()
    await transferTo(carl, '1000', 'Ask first')
    await dora.answer()
    await Promise.all([dora.untilSound(CARL, ALICE), carl.untilSound(DORA, ALICE)])
    await carl.click('active', 'Connect them')
    await carl.untilCalls()
    await dora.untilSound(ALICE, CARL)
  })

  test('a second call waits and is swapped, and two voices are never open', async () => {
    await talkWithAlice()
    await all.placeCall('user2', '1003')
    await carl.untilCalls('active', 'ringing')
    await carl.mostVoices()
    await carl.click('ringing', 'Answer')
    await carl.untilCalls('held', 'active')
    await carl.untilSound(BOB, ALICE)
    await carl.page.getByRole('button', { name: 'Swap calls' }).click()
    await carl.untilCalls('active', 'held')
    await carl.untilSound(ALICE, BOB)
    expect(await all.partSent('1002', CARL)).toBe(0)
    expect(await carl.mostVoices()).toBe(1)
  })

  test('a parked call is picked up again', async () => {
    await talkWithAlice()
    await carl.click('active', 'Park')
    const toast = await carl.page.getByText(/Parked. Dial \d+/).textContent()
    await carl.untilCalls()
    await carl.call(/\d+/.exec(toast ?? '')?.[0] ?? '')
    await carl.untilSound(ALICE)
  })

  test('keys alone call, hold, mute and hang up, with Latin and other letters on them', async () => {
    const { keyboard } = carl.page
    const cyrillic = (key: string, code: string) =>
      carl.page.evaluate(`dispatchEvent(new KeyboardEvent('keydown', { key: '${key}', code: '${code}' }))`)
    await keyboard.press('c')
    await keyboard.type('1001')
    await keyboard.press('Enter')
    await carl.untilSound(ALICE)
    await keyboard.press('o')
    await carl.untilCalls('held')
    await cyrillic('щ', 'KeyO')
    await carl.untilCalls('active')
    await keyboard.press('m')
    await carl.cards('active').getByRole('button', { name: 'Unmute' }).waitFor()
    expect(await all.partSent('1001', CARL)).toBe(0)
    await cyrillic('ь', 'KeyM')
    await keyboard.press('x')
    await carl.untilCalls()
    await all.placeCall('user2', '1003')
    await carl.untilCalls('ringing')
    await cyrillic('ф', 'KeyA')
    await carl.untilCalls('active')
    await keyboard.press('?')
    for (const label of ['Enter a number', 'Answer', 'Hold or resume', 'Mute or unmute'])
      await carl.page.getByRole('dialog').getByText(label, { exact: true }).waitFor()
    await keyboard.press('Escape')
    await carl.page.getByRole('dialog').waitFor({ state: 'hidden' })
  })

  test('an incoming call notifies; markup in the caller’s name is text, and a foreign call id is not answered', async () => {
    const name = '<img src=x onerror=alert(1)>'
    const [person] = all.people as [Person]
    await watchNotifications(person)
    await all.ami.place('1003', '1001', 'hk_not-of-this-page', `"${name}" <5550100>`)
    await carl.untilCalls('ringing')
    await carl.cards('ringing').getByText(name).waitFor()
    // The content policy lets no text be evaluated more than once.
    await waitUntil('the caller in the title', async () =>
      (await carl.page.title()).includes(`📞 Call from ${name}`),
    )
    await sleep(2_500)
    await carl.untilCalls('ringing')
    await untilNotified(person, `Call from ${name}`)
    const badge = await carl.page.evaluate<number>('badge')
    await carl.click('ringing', 'Decline')
    await carl.untilCalls()
    await untilNotified(person)
    await waitUntil('a title and a badge without the call', async () => {
      const shown = await carl.page.evaluate<number>('badge')
      return shown === badge - 1 && !(await carl.page.title()).includes('📞')
    })
    expect(await carl.page.locator('img').count()).toBe(0)
  })

  test('the history has each call once, with its outcome', async () => {
    // Times of the history are whole seconds.
    await sleep(1_000)
    const from = new Date(Math.floor(Date.now() / 1_000) * 1_000).toISOString()
    await dora.call('1003')
    await carl.untilCalls('ringing')
    await carl.click('ringing', 'Decline')
    await dora.untilCalls()
    await dora.cards('ended').getByText('Declined').waitFor()
    await dora.call('1003')
    await carl.untilCalls('ringing')
    await dora.cards().getByText('Ringing at the other end').waitFor()
    await dora.click('active', 'Hang up')
    await carl.untilCalls()
    await dora.call('1003')
    await carl.answer()
    await dora.untilSound(CARL)
    await dora.click('active', 'Hang up')
    await carl.untilCalls()
    await waitUntil('three calls', async () => (await all.outcomesSince(from)).length >= 3)
    expect(await all.outcomesSince(from)).toEqual(['answered', 'cancelled', 'declined'])
    await carl.page.goto('/console/history')
    await carl.page.getByRole('row').filter({ hasText: 'Declined' }).first().waitFor()
    await carl.page.getByRole('row').filter({ hasText: '<img src=x' }).waitFor()
    expect(await carl.page.locator('img').count()).toBe(0)
    await carl.ready()
  })

  test('after 5 s without a network it registers again, and the call goes on', async () => {
    await talkWithAlice()
    all.way.cut()
    await carl.page.locator('[data-state="reconnecting"]').waitFor()
    await sleep(5_000)
    all.way.restore()
    await carl.ready()
    await carl.untilCalls('active')
    await carl.untilSound(ALICE)
    expect(await all.partSent('1001', CARL)).toBeGreaterThan(0.4)
  })

  test('one of two tabs rings, both show the call, and the other one answers; it follows the first', async () => {
    const context = carl.page.context()
    const other = dockOf(await context.newPage())
    await other.page.goto('/')
    await other.ready()
    const before = await all.contacts()
    expect(before).toHaveLength(1)
    await all.placeCall('user2', '1003')
    await Promise.all([carl.untilCalls('ringing'), other.untilCalls('ringing')])
    await other.click('ringing', 'Answer')
    await Promise.all([carl.untilSound(BOB), other.untilCalls('active')])
    // A tab that opens during the call shows it.
    const late = dockOf(await context.newPage())
    await late.page.goto('/console/phone')
    await late.untilCalls('active')
    await late.page.close()
    const leader = carl.page
    carl = other
    await leader.close()
    await all.untilIdle()
    await waitUntil('one phone, another', async () => {
      const [contact, ...more] = await all.contacts()
      return contact !== undefined && contact !== before[0] && more.length === 0
    })
    await talkWithAlice()
  })

  test('10 s without Redis show "reconnecting", and then all is well without a click', async () => {
    all.stack.signal('redis', 'SIGSTOP')
    const { page } = carl
    await page.reload({ waitUntil: 'commit' })
    await Promise.all([
      ...[page, dora.page].map((one) => one.getByText('Reconnecting').first().waitFor()),
      sleep(10_000),
    ])
    expect(await page.locator('input[name=password]').count()).toBe(0)
    all.stack.signal('redis', 'SIGCONT')
    await Promise.all([carl.ready(), dora.ready()])
    for (const one of [page, dora.page]) {
      await one.getByText('Reconnecting').first().waitFor({ state: 'hidden' })
      expect(await one.locator('input[name=password]').count()).toBe(0)
    }
    await talkWithAlice()
  })

  test('a narrow window opens the phone for a call, and a person can close it', async () => {
    await carl.page.reload()
    await carl.ready()
    await carl.page.setViewportSize({ width: 390, height: 844 })
    expect(await carl.page.locator('aside').isVisible()).toBe(false)
    await all.placeCall('user2', '1003')
    await carl.click('ringing', 'Answer')
    await carl.page.getByRole('button', { name: 'Close the phone' }).click()
    expect(await carl.page.locator('aside').isVisible()).toBe(false)
    await carl.page.getByRole('button', { name: 'Open the phone' }).click()
    await carl.click('active', 'Hang up')
    await carl.page.setViewportSize({ width: 1280, height: 800 })
  })

  test('signing out elsewhere ends the phone, the screen and the contact within a second', async () => {
    await talkWithAlice()
    expect(await all.contacts()).toHaveLength(1)
    const { status } = await requestJson(`${all.stack.url}/api/v1/sessions?scope=all`, {
      method: 'DELETE',
      token: all.tokens.user3,
    })
    expect(status).toBeLessThan(300)
    const start = performance.now()
    await carl.page.locator('input[name=password]').waitFor()
    await waitUntil('no contact', async () => (await all.contacts()).length === 0)
    await carl.untilSilent()
    expect(performance.now() - start).toBeLessThan(1_000)
    await all.untilIdle()
  })

  test('no page has complained', () => {
    const expected = /Failed to load resource|WebSocket connection/
    for (const { complaints } of all.people)
      expect(complaints.filter((text) => !expected.test(text))).toEqual([])
  })
})
