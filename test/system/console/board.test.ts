import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { whyAsteriskUnavailable } from '../../support/asterisk.ts'
import {
  type CallCenterClient,
  type CallCenterUserName,
  loginCallCenterUser,
  seedCallCenter,
} from '../../support/call-center.ts'
import { axeViolations } from '../../support/console/axe.ts'
import {
  type ConsoleBrowser,
  expectNoComplaints,
  type Person,
  startConsoleBrowser,
} from '../../support/console/console-page.ts'
import { requestJson } from '../../support/http-client.ts'
import { type NamedOperation, type OpenApiDocument, operationsOf } from '../../support/openapi/document.ts'
import { type Phone, startPhone } from '../../support/phone.ts'
import { CHEAP_PASSWORD } from '../../support/seed-users.ts'
import { waitUntil } from '../../support/stack.ts'
import { startTelephony, type Telephony } from '../../support/telephony.ts'
import { loginV1Client, type V1Client } from '../../support/v1-client.ts'
import { openWebSocket } from '../docs/openapi-client.ts'

const missing = await whyAsteriskUnavailable()
const title = missing === undefined ? 'console: the board' : `console: the board (skipped: ${missing})`
const WALL = { width: 1_920, height: 1_080 }

describe.skipIf(missing !== undefined)(title, () => {
  const data = mkdtempSync(join(tmpdir(), 'board-'))
  let telephony: Telephony
  let browser: ConsoleBrowser
  let phones: Phone[]
  let ofAnna: CallCenterClient
  let anna: V1Client
  let root: V1Client
  beforeAll(async () => {
    await seedCallCenter(data)
    telephony = await startTelephony({ data })
    const { stack, asterisk } = telephony
    browser = await startConsoleBrowser(stack.url)
    // Each answers by itself.
    phones = await Promise.all(['1001', '1002'].map((extension) => startPhone(asterisk, extension)))
    ofAnna = await loginCallCenterUser(stack, 'anna')
    anna = await loginV1Client(stack, 'anna', CHEAP_PASSWORD)
    root = await loginV1Client(stack, 'root', CHEAP_PASSWORD)
  })
  afterAll(async () => {
    await browser?.stop()
    await Promise.all((phones ?? []).map((phone) => phone.stop()))
    await telephony?.stop()
    rmSync(data, { recursive: true, force: true })
  })

  async function open(name: CallCenterUserName, path: string): Promise<Person> {
    const person = await browser.openPerson()
    const { page } = person
    await page.goto(path)
    await page.fill('input[name=login]', name)
    await page.fill('input[name=password]', CHEAP_PASSWORD)
    await page.click('button[type=submit]')
    await page.waitForSelector('nav')
    return person
  }
  const group = (page: Page, state: string) => page.locator(`[data-state="${state}"]`)
  async function setStatus(status: string) {
    const { body } = await ofAnna.request('/agents')
    const agents = body as unknown as { id: number; name: string }[] // the documented shape
    const id = agents.find(({ name }) => name === 'anna')?.id
    const answer = await ofAnna.request(`/agents/${id}/status`, { method: 'PUT', json: { status } })
    expect(answer.status).toBe(200)
  }
  /** As an admin. @returns the token of a new link, and its id */
  async function newLink(json: object): Promise<{ id: string; token: string }> {
    const { status, body } = await root.request('/wallboards', { json })
    expect(status).toBe(201)
    return { id: String(body.id), token: String(body.link).split('#token=')[1] ?? '' }
  }
  const readWallboard = (token: string) => requestJson(`${telephony.stack.url}/api/v1/wallboard`, { token })

  it('shows a supervisor the agents of the team as they change, with clocks, and warns', async () => {
    const person = await open('sven', '/console/board')
    const { page } = person
    await group(page, 'offline').getByText('anna').waitFor()
    expect(await page.getByText('carl').count()).toBe(0)
    await setStatus('READY')
    await group(page, 'ready').getByText('anna').waitFor()

    const id = await anna.dial('1002')
    await anna.waitForCall(id, 'they talk', ({ state, legs }) => state === 'up' && legs.length > 1)
    await group(page, 'in_call').getByText('anna').waitFor()
    await group(page, 'in_call').getByText('bert').waitFor()
    const row = page.getByRole('table', { name: /call now/ }).locator('tbody tr')
    await row.getByText('Talking').waitFor()
    const clock = row.locator('time')
    const before = await clock.innerText()
    await waitUntil('the clock runs', async () => (await clock.innerText()) !== before)
    await anna.command(id, 'hangup')
    await page.getByText('No calls right now').waitFor()

    await page.getByRole('button', { name: 'Change thresholds' }).click()
    const dialog = page.getByRole('dialog')
    const rest = dialog.getByRole('group', { name: /Longest break/ })
    await rest.getByLabel('Warning').fill('1')
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByText('The thresholds are stored').waitFor()
    await setStatus('BREAK')
    await group(page, 'break').getByText('anna').waitFor()
    const measure = page.locator('[data-measure="longest_break"]')
    await measure.getByText('Warning').waitFor()
    expect(await measure.getAttribute('data-level')).toBe('warning')
    expect(await axeViolations(page)).toEqual([])

    // The threshold is the team's: the board of all teams has none.
    expect((await root.request('/board/thresholds')).body).toMatchObject({ longest_break: { warning: null } })
    expectNoComplaints(person)
    await person.close()
  })

  it('shows figures with a chart, of one agent too, and saves them as a table', async () => {
    const person = await open('sven', '/console/board?tab=figures&period=week')
    const { page } = person
    const table = page.getByRole('table', { name: 'Agents' })
    await table.getByRole('row', { name: /anna/ }).waitFor()
    await page.getByRole('img', { name: 'Calls over time' }).waitFor()
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save as CSV' }).click()
    const csv = readFileSync(await (await download).path(), 'utf8')
    expect(csv).toMatch(/^\uFEFFfrom,day,time,agent_id,agent,calls/)
    expect(csv).toMatch(/,anna,1,/)
    expect(csv).not.toContain('carl')
    await table.getByRole('button', { name: 'anna' }).click()
    await page.getByRole('button', { name: 'Show all' }).waitFor()
    await waitUntil('one agent is left', async () => (await table.locator('tbody tr').count()) === 1)
    expect(await axeViolations(page)).toEqual([])
    expectNoComplaints(person)
    await person.close()
  })

  it('a link shows the board on a big screen without a session, until it is revoked', async () => {
    const person = await open('sven', '/console/board?tab=links')
    const { page } = person
    await page.getByRole('button', { name: 'New wallboard link' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Name', { exact: true }).fill('Hall')
    await dialog.getByRole('button', { name: 'Make the link' }).click()
    const link = await dialog.getByText('#token=wbd_').innerText()
    expect(link).toMatch(/\/console\/wallboard#token=wbd_[\w-]{32}$/)
    await dialog.getByRole('button', { name: 'Close' }).click()
    const token = link.split('#token=')[1] ?? ''

    const wall = await browser.openPerson({ viewport: WALL, theme: 'dark' })
    const requests: string[] = []
    wall.page.on('request', (request) => requests.push(request.url()))
    await wall.page.goto(link.replace(/^https?:\/\/[^/]+/, telephony.stack.url))
    const tile = wall.page.locator('[data-name="anna"]')
    await tile.getByText('Break').waitFor()
    expect(await wall.page.getByText('carl').count()).toBe(0)
    expect(await wall.context.cookies()).toEqual([])
    expect(wall.page.url()).not.toContain('wbd_')
    expect(requests.filter((url) => url.includes('wbd_'))).toEqual([])
    expect(await wall.page.evaluate<number>('document.documentElement.scrollHeight')).toBe(WALL.height)
    expect(await axeViolations(wall.page)).toEqual([])

    await setStatus('READY')
    await tile.getByText('Ready').waitFor()
    await wall.page.reload()
    await tile.getByText('Ready').waitFor()

    await wall.context.setOffline(true)
    await wall.page.getByText('These figures are from').waitFor()
    await tile.waitFor()
    await wall.context.setOffline(false)
    await wall.page.getByText('These figures are from').waitFor({ state: 'detached' })

    await page.getByRole('button', { name: 'Revoke the link Hall' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click()
    await page.getByText('The link is revoked').waitFor()
    expect(await readWallboard(token)).toMatchObject({ status: 401, body: { code: 'token_invalid' } })
    await wall.page.getByText('not valid any more').waitFor()
    expect(await tile.count()).toBe(0)

    const { body } = await root.request('/security-log?q=hall')
    expect(body).toMatchObject({
      events: [
        { event: 'wallboard_revoked', actor_username: 'sven' },
        { event: 'wallboard_created', actor_username: 'sven', detail: { target: 'Hall' } },
      ],
    })
    expect(telephony.stack.logs()).not.toContain(token.slice(4))
    expectNoComplaints(person)
    expectNoComplaints(wall, [/401/, /ERR_INTERNET_DISCONNECTED/])
    await person.close()
    await wall.close()
  })

  it('a link that hides names shows none, and one that expires ends', async () => {
    const expires = new Date(Date.now() + 3_000).toISOString()
    const { token } = await newLink({ name: 'Door', hides_names: true, expires_at: expires })
    const { body } = await readWallboard(token)
    expect(body).toMatchObject({ team: null, agents: expect.arrayContaining([]) })
    expect((body.agents as { name: null }[]).map(({ name }) => name)).not.toContain('anna')
    await waitUntil('it has expired', async () => (await readWallboard(token)).status === 401)
  })

  it('axe finds nothing on a big screen in any language and theme', async () => {
    const { token } = await newLink({ name: 'Hall' })
    const found: Record<string, string[]> = {}
    for (const language of ['en', 'ru', 'es'] as const) {
      for (const theme of ['light', 'dark'] as const) {
        const wall = await browser.openPerson({ language, theme, viewport: WALL })
        await wall.page.goto(`/console/wallboard#token=${token}`)
        await wall.page.locator('[data-name="anna"]').waitFor()
        const violations = await axeViolations(wall.page)
        if (violations.length > 0) found[`${language}, ${theme}`] = violations
        expectNoComplaints(wall)
        await wall.close()
      }
    }
    expect(found).toEqual({})
  })

  it('the token of a link opens no other operation of any surface', async () => {
    const { token } = await newLink({ name: 'Everything' })
    const { url } = telephony.stack
    const document = (await (await fetch(`${url}/openapi.json`)).json()) as OpenApiDocument
    const guarded = operationsOf(document).filter(
      ({ security = [], operationId }) =>
        operationId !== 'readWallboard' &&
        security.length > 0 &&
        security.every((one) => Object.keys(one).length > 0),
    )
    expect(guarded.length).toBeGreaterThan(100)
    const opened: string[] = []
    for (const operation of guarded) {
      const status = await statusOf(url, operation, token)
      if (status !== 401 && status !== 403) opened.push(`${operation.method} ${operation.path}: ${status}`)
    }
    expect(opened).toEqual([])
    expect((await readWallboard(token)).status).toBe(200)
    // And no token of a user opens the page of a link.
    expect((await readWallboard(root.token)).status).toBe(401)
    expect((await requestJson(`${url}/api/v1/wallboard`)).status).toBe(401)
  })

  it('explains to an agent that the board is for supervisors', async () => {
    const person = await open('bert', '/console/board')
    await person.page.getByText('for supervisors and administrators').waitFor()
    for (const path of ['/board', '/figures', '/wallboards', '/board/thresholds']) {
      expect((await anna.request(path)).status).toBe(403)
    }
    expectNoComplaints(person)
    await person.close()
  })
})

async function statusOf(url: string, { method, path }: NamedOperation, token: string): Promise<number> {
  const hasBody = method !== 'get' && method !== 'head' && method !== 'delete'
  const res = await fetch(url + path.replace(/\{[^}]+\}/g, '1'), {
    method: method.toUpperCase(),
    headers: {
      Authorization: `Bearer ${token}`,
      Accept: path.includes('/streams/') || path.includes('/sub/') ? 'text/event-stream' : 'application/json',
      ...(hasBody ? { 'Content-Type': 'application/json' } : {}),
    },
    ...(hasBody ? { body: '{}' } : {}),
    signal: AbortSignal.timeout(30_000),
  })
  await res.body?.cancel()
  if (res.status !== 426) return res.status
  const headers = { Authorization: `Bearer ${token}`, 'Sec-WebSocket-Protocol': 'sip' }
  return (await openWebSocket({ method: 'GET', url: `${url}${path}?extension=1001`, headers })).status
}
