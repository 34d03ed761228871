import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { whyAsteriskUnavailable } from '../../support/asterisk.ts'
import { axeViolations } from '../../support/console/axe.ts'
import {
  type ConsoleBrowser,
  expectNoComplaints,
  type Person,
  startConsoleBrowser,
} from '../../support/console/console-page.ts'
import { login, requestJson } from '../../support/http-client.ts'
import { type Stack, startStack } from '../../support/stack.ts'

const missing = await whyAsteriskUnavailable()
const title = missing === undefined ? 'console: campaigns' : `console: campaigns (skipped: ${missing})`
const REFUSED_REQUEST = /Failed to load resource: the server responded with a status of 4(0[0-9]|12)/

describe.skipIf(missing !== undefined)(title, () => {
  let stack: Stack
  let browser: ConsoleBrowser
  let admin: Person
  let page: Page
  let tokens: Record<'admin' | 'user1', string>
  let agentId: number
  /** Of the campaign that the first test makes. */
  let id: string
  beforeAll(async () => {
    stack = await startStack({ pbx: true })
    browser = await startConsoleBrowser(stack.url)
    tokens = { admin: (await login(stack, 'admin')).access, user1: (await login(stack, 'user1')).access }
    const agents = await send<{ id: number; name: string }[]>('GET', '/agents', undefined, 'user1')
    agentId = agents.find(({ name }) => name === 'user1')?.id ?? 0
    admin = await browser.openPerson()
    page = admin.page
    await admin.signIn('admin', '/console/campaigns')
  })
  afterAll(async () => {
    await browser?.stop()
    await stack?.stop()
  })

  async function send<T>(
    method: string,
    path: string,
    body?: object,
    by: keyof typeof tokens = 'admin',
  ): Promise<T> {
    const init = { method, token: tokens[by], ...(body === undefined ? {} : { json: body }) }
    return (await requestJson(`${stack.url}/api${path}`, init)).body as T // the documented shape
  }
  const reason = (code: string) => page.locator(`[data-reason=${code}]`)
  const cell = (day: number, hour: number) => page.locator(`[data-cell="${day}-${hour}"]`)
  const button = (name: string) => page.getByRole('button', { name, exact: true })
  const field = (label: string) => page.getByLabel(label, { exact: true })
  async function act(name: string) {
    await button(name).first().click()
    await page.getByRole('dialog').getByRole('button', { name, exact: true }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  }
  async function draw(from: [number, number], to: [number, number]) {
    await cell(...from).hover()
    await page.mouse.down()
    await cell(...to).hover()
    await page.mouse.up()
  }
  const hours = async () => [await field('From').inputValue(), await field('Until').inputValue()]
  const openDays = async () => (await page.locator('td[data-cell$="-12"][data-open=all]').count()).toString()

  it('creates a campaign by the form, its calling hours drawn by mouse and by keys', async () => {
    await button('New campaign').click()
    await field('Name').fill('Tea')
    await draw([1, 8], [5, 16])
    expect(await hours()).toEqual(['08:00', '17:00'])
    expect(await openDays()).toBe('5')
    // The button is released outside of the table: it counts, and no later key applies it.
    await cell(1, 8).hover()
    await page.mouse.down()
    await cell(5, 16).hover()
    await page.mouse.move(2, 2)
    await page.mouse.up()
    await page.locator('[data-drawn]').first().waitFor({ state: 'detached' })
    expect(await openDays()).toBe('5')
    // A click without drawing closes the day, and the space bar opens it again.
    await cell(5, 12).click()
    expect(await openDays()).toBe('4')
    await page.keyboard.press(' ')
    expect(await openDays()).toBe('5')
    await cell(1, 0).focus()
    await cell(1, 0).click()
    await cell(1, 0).click()
    await page.keyboard.down('Shift')
    for (const key of ['End', ...Array.from({ length: 6 }, () => 'ArrowDown')]) await page.keyboard.press(key)
    await page.keyboard.up('Shift')
    expect(await hours()).toEqual(['00:00', '00:00'])
    expect(await openDays()).toBe('7')
    expect(await axeViolations(page)).toEqual([])

    // A refusal stands beside its field, and nothing is lost.
    await field('Until').fill('07:00')
    await field('From').fill('09:00')
    await button('Create').click()
    await page.getByText('StartTime must be before endTime.').waitFor()
    await field('From').fill('00:00')
    await field('Until').fill('00:00')
    await page.getByRole('checkbox', { name: 'user1' }).check()
    await button('Create').click()
    await page.getByRole('heading', { name: 'Tea', exact: true }).waitFor()
    id = new URL(page.url()).pathname.split('/').at(-1) ?? ''
    expect(await send('GET', `/campaigns/${id}`)).toMatchObject({
      ...{ startTime: '00:00:00', endTime: '23:59:59', weekdays: [1, 2, 3, 4, 5, 6, 7], agentIds: [agentId] },
    })
  })

  it('shows why it does not dial, and each reason disappears with its cause', async () => {
    for (const code of ['not_started', 'automation_off', 'no_lead_waiting', 'no_agent_free']) {
      await reason(code).waitFor()
    }
    expect(await reason('no_agent_free').textContent()).toContain('user1 is not ready (off duty)')
    await act('Start')
    await reason('not_started').waitFor({ state: 'detached' })
    await act('Turn automatic dialing on')
    await reason('automation_off').waitFor({ state: 'detached' })
    await send('POST', '/leads', { name: 'Ada King', phone: '1002', campaignId: Number(id) })
    await reason('no_lead_waiting').waitFor({ state: 'detached' })
    expect(await page.locator('[data-reason]').count()).toBe(1)

    await send('PUT', `/agents/${agentId}/status`, { status: 'READY' }, 'user1')
    // The only lead is called: none is left for a second call.
    await page.getByText('1 call is under way.', { exact: false }).waitFor()
    await reason('no_agent_free').getByText('user1 is in a call').waitFor()
    expect(await axeViolations(page)).toEqual([])
    const { calls } = await send<{ calls: { id: string }[] }>('GET', '/v1/calls')
    for (const { id: call } of calls) {
      await send('POST', `/v1/calls/${call}/hangup`)
    }
    await page.getByText('1 of 1 leads done').waitFor()
  })

  it('shows the calls by outcome as a chart, and as a table by hour and by day', async () => {
    await page.locator('canvas').first().waitFor()
    await page.getByText('The figures as a table').click()
    const answered = () =>
      page.locator('figure tbody tr').evaluateAll((rows) => ({
        rows: rows.length,
        answered: rows.reduce((sum, row) => sum + Number(row.querySelector('td')?.textContent ?? 0), 0),
      }))
    await expect.poll(answered, { timeout: 30_000 }).toEqual({ rows: 24, answered: 1 })
    await field('Show by').selectOption('day')
    await field('Of the last').selectOption('30')
    await expect.poll(answered, { timeout: 30_000 }).toEqual({ rows: 30, answered: 1 })
  })

  it('pauses, after a dialog that explains what happens', async () => {
    await send('POST', '/leads', { name: 'Bo Diaz', phone: '1003', campaignId: Number(id) })
    await send('PUT', `/agents/${agentId}/status`, { status: 'BREAK' }, 'user1')
    // All leads were done, so it may have completed meanwhile.
    const { status } = await send<{ status: string }>('GET', `/campaigns/${id}`)
    if (status === 'COMPLETED') await send('POST', `/campaigns/${id}/start`)
    await button('Pause').click()
    await page.getByRole('dialog').getByText('Calls that are under way go on.', { exact: false }).waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Pause' }).click()
    await reason('paused').waitFor()
    expect(await send('GET', `/campaigns/${id}`)).toMatchObject({ status: 'PAUSED' })
  })

  it('shows what another person has changed meanwhile, and saves only my own changes over it', async () => {
    await button('Edit').first().click()
    await field('Name').fill('Green tea')
    await send('PUT', `/campaigns/${id}`, { maxAttempts: 7 })
    await button('Save').click()
    await page.getByText('meanwhile: Attempts for each lead.', { exact: false }).waitFor()
    await button('Save my changes over it').click()
    await page.getByRole('heading', { name: 'Green tea', exact: true }).waitFor()
    expect(await send('GET', `/campaigns/${id}`)).toMatchObject({ name: 'Green tea', maxAttempts: 7 })
    expectNoComplaints(admin, [REFUSED_REQUEST])
  })

  it('makes a person with a phone an agent when the campaign is saved', async () => {
    await button('Edit').first().click()
    await page
      .getByRole('group', { name: 'People who are no agents yet' })
      .getByRole('checkbox', { name: 'user2' })
      .check()
    await button('Save').click()
    await page.getByRole('heading', { name: 'Green tea', exact: true }).waitFor()
    const agents = await send<{ id: number; name: string }[]>('GET', '/agents')
    const hired = agents.find(({ name }) => name === 'user2')?.id
    expect(await send('GET', `/campaigns/${id}`)).toMatchObject({ agentIds: [agentId, hired] })
  })

  it('lists the campaigns, and shows them to no agent', async () => {
    await page.goto('/console/campaigns')
    await page.getByRole('link', { name: 'Green tea' }).waitFor()
    expect(await axeViolations(page)).toEqual([])
    const agent = await browser.openPerson()
    await agent.signIn('user1', `/console/campaigns/${id}`)
    await agent.page.getByText('Campaigns are for supervisors and administrators.').waitFor()
    expectNoComplaints(agent)
    await agent.close()
  })

  it.each([
    ['en', 'dark'],
    ['ru', 'light'],
    ['es', 'dark'],
  ] as const)(
    'can be used on a phone in %s, %s',
    async (language, theme) => {
      const person = await browser.openPerson({ language, theme, viewport: { width: 360, height: 740 } })
      await person.signIn('admin', `/console/campaigns/${id}`)
      for (const path of [id, 'new']) {
        await person.page.goto(`/console/campaigns/${path}`)
        await person.page
          .locator(path === id ? 'canvas' : '[data-cell]')
          .first()
          .waitFor()
        expect(await axeViolations(person.page), path).toEqual([])
        const overflow = await person.page.evaluate<number>(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        )
        expect(overflow, path).toBe(0)
      }
      await person.close()
    },
    120_000,
  )
})
