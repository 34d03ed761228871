import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { whyAsteriskUnavailable } from '../../support/asterisk.ts'
import { axeViolations } from '../../support/console/axe.ts'
import {
  type ConsoleBrowser,
  expectNoComplaints,
  type Person,
  startConsoleBrowser,
} from '../../support/console/console-page.ts'
import { type Phone, startPhone } from '../../support/phone.ts'
import { waitUntil } from '../../support/stack.ts'
import { startTelephony, type Telephony } from '../../support/telephony.ts'
import { loginV1Client, type V1Client } from '../../support/v1-client.ts'

const missing = await whyAsteriskUnavailable()
const title =
  missing === undefined
    ? 'console: calls on a real PBX'
    : `console: calls on a real PBX (skipped: ${missing})`

describe.skipIf(missing !== undefined)(title, () => {
  let telephony: Telephony
  let browser: ConsoleBrowser
  let alice: V1Client
  let admin: V1Client
  /** Each answers by itself. */
  let phones: Phone[]
  beforeAll(async () => {
    telephony = await startTelephony()
    const { stack, asterisk } = telephony
    browser = await startConsoleBrowser(stack.url)
    ;[alice, admin] = await Promise.all([loginV1Client(stack, 'user1'), loginV1Client(stack, 'admin')])
    phones = await Promise.all(['1001', '1002', '1003'].map((extension) => startPhone(asterisk, extension)))
  })
  afterEach(async () => {
    for (const { id } of await admin.calls()) await admin.command(id, 'hangup')
    await waitUntil('all phones are idle', () => phones.every((phone) => phone.state() === 'idle'))
  })
  afterAll(async () => {
    await browser?.stop()
    await Promise.all((phones ?? []).map((phone) => phone.stop()))
    await telephony?.stop()
  })

  const stateOf = (extension: string) => phones.find((phone) => phone.extension === extension)?.state()
  const tile = (page: Page, extension: string) => page.locator(`[data-extension="${extension}"]`)
  async function open(login: string, path: string): Promise<Person> {
    const person = await browser.openPerson()
    await person.signIn(login, path)
    return person
  }
  /** Alice talks with Bob. */
  async function talking(): Promise<string> {
    const id = await alice.dial('1002')
    await alice.waitForCall(id, 'they talk', ({ state, legs }) => state === 'up' && legs.length > 1)
    return id
  }

  it('calls a person by a click, and transfers the call by dragging it onto another', async () => {
    const person = await open('user1', '/console/people')
    const { page } = person
    await tile(page, '1002').getByText('Free').waitFor()
    await tile(page, '1002').getByRole('button', { name: 'Call user2' }).click()
    await page.getByText('Calling user2').waitFor()
    const card = page.getByRole('region', { name: 'My calls' }).getByRole('listitem')
    await card.getByText('Connected').waitFor()
    await tile(page, '1002').getByText('On a call with user1').waitFor()

    await card.dragTo(tile(page, '1003'))
    await page.getByText('Transferred to user3').waitFor()
    await tile(page, '1003').getByText('On a call').waitFor()
    expect([stateOf('1001'), stateOf('1002'), stateOf('1003')]).toEqual(['idle', 'up', 'up'])
    expectNoComplaints(person)
    await person.close()
  })

  it('transfers by the menu of a person, without a mouse', async () => {
    await talking()
    const person = await open('user1', '/console/people')
    const { page } = person
    await tile(page, '1003').focus()
    await tile(page, '1003').getByRole('button', { name: 'More for user3' }).press('Enter')
    await page.getByRole('menuitem', { name: /^Transfer the call with/ }).press('Enter')
    await page.getByText('Transferred to user3').waitFor()
    await waitUntil('user3 talks', () => stateOf('1003') === 'up' && stateOf('1001') === 'idle')
    await person.close()
  })

  it('shows the call of others to an admin as it changes, and hangs it up after a question', async () => {
    const person = await browser.openPerson()
    const { page } = person
    const opened = page.waitForEvent('websocket', (socket) => socket.url().includes('/streams/active-calls'))
    await person.signIn('admin', '/console/live')
    const stream = await opened
    await page.getByText('No calls right now').waitFor()
    await talking()
    const row = page.locator('tbody tr')
    await row.getByText('Connected', { exact: true }).waitFor()
    expect(await row.innerText()).toMatch(/1001[\s\S]*1002[\s\S]*Internal[\s\S]*\d:\d\d/)
    const clock = row.locator('time')
    const before = await clock.innerText()
    await waitUntil('the clock runs', async () => (await clock.innerText()) !== before)
    expect(await axeViolations(page)).toEqual([])

    await row.getByRole('button', { name: /^Actions for/ }).click()
    await page.getByRole('menuitem', { name: 'Hang up' }).click()
    await page.getByText('ends for all of them').waitFor()
    expect(stateOf('1002')).toBe('up')
    await page.getByRole('dialog').getByRole('button', { name: 'Hang up' }).click()
    await page.getByText('No calls right now').waitFor()
    await waitUntil('both phones are idle', () => stateOf('1001') === 'idle' && stateOf('1002') === 'idle')

    // No other screen shows all calls.
    await page.getByRole('link', { name: 'People' }).click()
    await waitUntil('the stream of all calls is closed', () => stream.isClosed())
    expectNoComplaints(person)
    await person.close()
  })

  it('transfers a call of others to a person that is found by name, in the second tab too', async () => {
    await talking()
    const person = await open('admin', '/console/people')
    // The first tab holds the streams; the second one asks it for the calls.
    const page = await person.context.newPage()
    await page.goto('/console/live')
    const row = page.locator('tbody tr')
    await row.getByRole('button', { name: /^Actions for/ }).click()
    await page.getByRole('menuitem', { name: 'Transfer' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('user1 (1001) leaves the call').waitFor()
    await dialog.getByRole('combobox').fill('user3')
    expect(await axeViolations(page)).toEqual([])
    await page.keyboard.press('Enter')
    await page.getByText('Transferred to user3').waitFor()
    await row.getByText(/\(1003\): connected/).waitFor()
    expect([stateOf('1001'), stateOf('1002'), stateOf('1003')]).toEqual(['idle', 'up', 'up'])
    expectNoComplaints(person)
    await person.close()
  })

  it('explains to a plain user that the list is for supervisors', async () => {
    const person = await open('user3', '/console/live')
    await person.page.getByText('for supervisors and administrators').waitFor()
    expectNoComplaints(person)
    await person.close()
  })
})
