import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CALL_CENTER_USERS, type CallCenterStack, startCallCenter } from '../../support/call-center.ts'
import { axeViolations } from '../../support/console/axe.ts'
import {
  type ConsoleBrowser,
  expectNoComplaints,
  type Person,
  startConsoleBrowser,
} from '../../support/console/console-page.ts'
import { measureTasks } from '../../support/console/main-thread.ts'
import { pastCall, seedHistory } from '../../support/console/seed-history.ts'
import { seedAgentCall, seedLeads } from '../../support/console/seed-leads.ts'
import { wavSilence } from '../../support/console/wav-silence.ts'
import { CHEAP_PASSWORD } from '../../support/seed-users.ts'
import { waitUntil } from '../../support/stack.ts'
import { loginV1Client } from '../../support/v1-client.ts'

const LEADS = 100_000
const HOSTILE = '<img src=x onerror="window.hacked=1">'
const IMPORT_ROWS = 50_000
const BAD_ROWS = 1_000
/** About 50 rows. */
const SCREEN_PX = 3_000

describe('console: leads', () => {
  let center: CallCenterStack
  let browser: ConsoleBrowser
  beforeAll(async () => {
    center = await startCallCenter()
    browser = await startConsoleBrowser(center.stack.url)
    await seedLeads(center.stack.data, LEADS)
  })
  afterAll(async () => {
    await browser?.stop()
    await center?.stop()
  })

  const rowsOf = (page: Page) => page.locator('[role=row][data-index]')
  const rowOf = (page: Page, text: string) => rowsOf(page).filter({ hasText: text })
  async function open(
    name: keyof typeof CALL_CENTER_USERS,
    path = '/console/leads',
    options = {},
  ): Promise<Person> {
    const person = await browser.openPerson(options)
    await person.signIn(name, path, CHEAP_PASSWORD)
    return person
  }
  const createLead = async (members: object, as: keyof typeof CALL_CENTER_USERS = 'root') => {
    const { status, body } = await center.clients[as].request('/leads', { json: members })
    expect(status, JSON.stringify(body)).toBe(201)
    return Number(body.id)
  }
  const countLeads = async () => {
    const { status, body } = await center.clients.root.request('/v1/leads?limit=1')
    expect(status, JSON.stringify(body)).toBe(200)
    return Number(body.total)
  }

  it('shows names as text, to each role its own leads, and axe finds nothing', async () => {
    await createLead({ name: `Eve ${HOSTILE}`, phone: '0301', company: HOSTILE }, 'anna')
    const person = await open('anna')
    const { page } = person
    await rowOf(page, HOSTILE).waitFor()
    expect(await rowsOf(page).count()).toBe(1)
    expect(await page.evaluate('window.hacked')).toBeUndefined()
    // Agents change single leads alone.
    expect(await page.getByRole('checkbox').count()).toBe(0)
    expect(await page.getByRole('button', { name: 'Import' }).count()).toBe(0)
    expect(await axeViolations(page)).toEqual([])
    await page.goto('/console/leads/import')
    await page.getByText('You may not see this.').waitFor()
    expectNoComplaints(person)
    await person.close()

    const bert = await open('bert')
    await bert.page.getByText('No leads yet.').waitFor()
    await bert.close()
  })

  it('is a grid of 100 000 rows that filters and sorts by the address, and arrow keys move in it', async () => {
    const person = await open('root')
    const { page } = person
    await rowsOf(page).first().waitFor()
    expect(await axeViolations(page)).toEqual([])
    const grid = page.getByRole('grid')
    expect(Number(await grid.getAttribute('aria-rowcount'))).toBeGreaterThan(LEADS)

    await page.getByRole('button', { name: 'Name' }).click()
    await page.waitForURL('**/leads?sort=last_name')
    await page.getByLabel('Status', { exact: true }).selectOption('qualified')
    await page.waitForURL('**/leads?status=qualified&sort=last_name')
    await rowsOf(page).first().getByText('Qualified').waitFor()
    expect(await rowsOf(page).first().innerText()).toContain('King')
    await page.getByLabel('Search leads').fill('SMITH 1')
    await page.waitForURL('**/leads?q=SMITH+1&status=qualified&sort=last_name')
    await rowOf(page, 'Smith 1').first().waitFor()

    // Saved, cleared, and found again after a reload.
    await page.getByRole('button', { name: 'Save this filter' }).click()
    await page.getByLabel('Name of the filter').fill('Good Smiths')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Clear the filters' }).click()
    await page.waitForURL('**/leads')
    await page.reload()
    await page.getByRole('button', { name: 'Good Smiths' }).click()
    await page.waitForURL('**/leads?q=SMITH+1&status=qualified&sort=last_name')
    await page.getByRole('button', { name: 'Clear the filters' }).click()

    const focused = () => page.evaluate<string>('document.activeElement?.dataset.open ?? ""')
    await rowsOf(page).first().getByRole('link').focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    expect(await focused()).toBe('2')
    await page.keyboard.press(' ')
    await page.getByText('Selected: 1 lead').waitFor()

    // The end of the scrollbar is the oldest lead.
    await page.evaluate('window.scrollTo(0, document.body.scrollHeight)')
    await rowOf(page, 'King 1').last().waitFor()
    expectNoComplaints(person)
    await person.close()
  })

  it('needs less than 150 ms of work to the first row of a filter, and scrolls without a task over 50 ms', async () => {
    const person = await open('root')
    const { page } = person
    await rowsOf(page).first().waitFor()
    const statuses = [
      'new',
      'lost',
      'qualified',
      'contacted',
      'converted',
      'new',
      'lost',
      'qualified',
      'contacted',
    ]
    // Once for the scripts.
    await page.evaluate(filterTo('converted'))
    const times: number[] = []
    const busy: number[] = []
    for (const status of statuses) {
      const { longestMs, totalMs } = await measureTasks(page, async () => {
        times.push(await page.evaluate<number>(filterTo(status)))
      })
      expect(longestMs).toBeLessThanOrEqual(50)
      busy.push(totalMs)
    }
    // The page's own work does not depend on other programs of the machine; the waiting time does. Measured with a load
    // of 20: 18 to 62 ms of work, and 46 to 660 ms in all; the server needs 3 to 15 ms of CPU for such a page.
    const p95 = (all: number[]) => all.toSorted((a, b) => a - b)[Math.ceil(all.length * 0.95) - 1] ?? 0
    console.info(
      `filter to first row: ${times.map(Math.round).join(' ')} ms, CPU ${busy.map(Math.round).join(' ')} ms`,
    )
    expect(p95(busy)).toBeLessThanOrEqual(150)

    await page.getByRole('button', { name: 'Clear the filters' }).click()
    await rowsOf(page).first().waitFor()
    // The first rows, which are loaded by now, and then the whole list, which loads only where it stops.
    for (let y = 0; y <= 10 * SCREEN_PX; y += SCREEN_PX) {
      await page.evaluate(`window.scrollTo(0, ${y})`)
      await waitUntil(
        'the rows are loaded',
        async () => (await page.locator('[aria-busy=true]').count()) === 0,
      )
    }
    const loaded = await measureTasks(page, () => scrollThrough(page, { toPx: 10 * SCREEN_PX, stepPx: 300 }))
    expect(loaded.count).toBeGreaterThan(100)
    expect(loaded.longestMs).toBeLessThanOrEqual(50)
    const whole = await measureTasks(page, () =>
      scrollThrough(page, { toPx: LEADS * 56, stepPx: 5 * SCREEN_PX }),
    )
    expect(whole.count).toBeGreaterThan(100)
    expect(whole.longestMs).toBeLessThanOrEqual(50)
    console.info(`scrolling: ${loaded.longestMs.toFixed()} and ${whole.longestMs.toFixed()} ms`)
    await person.close()
  }, 240_000)

  it('edits a lead in its row; of two changes at once the same members are merged by choice', async () => {
    const id = await createLead({ name: 'Zoe Merge', phone: '0307', company: 'Before' })
    const person = await open('root', '/console/leads?q=merge')
    const { page } = person
    await page.getByRole('button', { name: 'Edit Zoe Merge' }).click()
    const form = page.getByRole('form', { name: 'Edit the lead' })
    await form.getByLabel('Company').fill('Mine')
    await form.getByLabel('Position').fill('CEO')
    const theirs = { company: 'Theirs', email: 'zoe@example.org' }
    await center.clients.root.request(`/leads/${id}`, { method: 'PUT', json: theirs })
    await form.getByRole('button', { name: 'Save' }).click()

    const dialog = page.getByRole('dialog')
    await dialog.getByText('Another user has changed this lead').waitFor()
    expect(await dialog.getByRole('group').count()).toBe(1)
    expect(await axeViolations(page)).toEqual([])
    await dialog.getByLabel('Theirs: Theirs').check()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Zoe Merge was saved.').waitFor()
    const { body } = await center.clients.root.request(`/leads/${id}`)
    expect(body).toMatchObject({ company: 'Theirs', title: 'CEO', email: 'zoe@example.org' })
    await rowOf(page, 'Theirs').waitFor()

    // By key, and closed by Esc: the focus is back on the row.
    await rowsOf(page).first().getByRole('link').focus()
    await page.keyboard.press('F2')
    await form.waitFor()
    await page.keyboard.press('Escape')
    await waitUntil('the row has the focus', async () => {
      return (await page.evaluate<string>('document.activeElement?.dataset.open ?? ""')) === '0'
    })
    expectNoComplaints(person, [/412/])
    await person.close()
  })

  it('assigns all leads of a filter, in chunks with a progress', async () => {
    const filter = '/v1/leads?limit=1&q=king&status=lost'
    const total = Number((await center.clients.sven.request(filter)).body.total)
    expect(total).toBeGreaterThan(500)
    const person = await open('sven', '/console/leads?q=king&status=lost')
    const { page } = person
    await rowsOf(page).first().getByRole('checkbox').check()
    await page.getByRole('button', { name: /Select the whole list/ }).click()
    await page.getByRole('button', { name: 'Assign' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Assigned to').selectOption({ label: 'bert' })
    await dialog.getByRole('button', { name: 'Count the leads' }).click()
    await dialog.getByRole('button', { name: /^Change / }).click()
    await dialog.getByText(`Changed: ${total}. Were so already: 0. Refused: 0.`).waitFor()
    await dialog.getByRole('button', { name: 'Close' }).first().click()
    const ofBert = `${filter}&agent_id=${center.agentIds.bert}`
    expect((await center.clients.sven.request(ofBert)).body.total).toBe(total)
    // Of the other team no lead was changed.
    expect((await center.clients.tara.request(ofBert)).body.total).toBe(0)
    expectNoComplaints(person)
    await person.close()
  })

  it('shows a lead with its calls, plays a recording, adds a note, and stops calls to it', async () => {
    const id = await createLead({ name: 'Lea Page', phone: '+4930555777' }, 'anna')
    const anna = await loginV1Client(center.stack, 'anna', CHEAP_PASSWORD)
    mkdirSync(join(center.stack.data, 'media', '1001'), { recursive: true })
    writeFileSync(join(center.stack.data, 'media', '1001', 'lea.wav'), wavSilence(5))
    const startedAt = Math.floor(Date.now() / 1_000) - 600
    const own = { userId: anna.userId, extension: '1001' }
    await seedHistory(center.stack.data, [
      pastCall(own, { id: 'lea.1', startedAt, recordings: ['1001/lea.wav'] }),
    ])
    await seedAgentCall(center.stack.data, {
      callId: 'lea.1',
      agentId: center.agentIds.anna,
      leadId: id,
      startedAt,
    })

    const person = await open('anna', `/console/leads/${id}`)
    const { page } = person
    await page.getByRole('heading', { name: 'Lea Page' }).waitFor()
    await page.getByRole('button', { name: 'Play the recording' }).click()
    await waitUntil('its length is known', async () =>
      page.evaluate<boolean>("document.querySelector('audio')?.duration === 5"),
    )
    await page.getByLabel('New note').fill(`Call ${HOSTILE} again`)
    await page.getByRole('button', { name: 'Add the note' }).click()
    await page.getByText(`Call ${HOSTILE} again`).waitFor()
    expect(await page.evaluate('window.hacked')).toBeUndefined()
    expect(await axeViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'Do not call' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Do not call' }).click()
    await waitUntil('it is on the list', async () => {
      const { body } = await center.clients.root.request('/v1/do-not-call?q=555777')
      return body.total === 1
    })
    expectNoComplaints(person)
    await person.close()
  })

  it('imports 50 000 rows with 1 000 bad ones: mapping, dry run, progress, and undo', async () => {
    const before = await countLeads()
    const rows = Array.from({ length: IMPORT_ROWS }, (_, n) =>
      n % (IMPORT_ROWS / BAD_ROWS) === 7 ? `Bad ${n};x;Firm` : `Row ${n};+49401${100_000 + n};Firm ${n}`,
    )
    const file = {
      name: 'list.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(`Kürzel;Anschluss;Firma\n${rows.join('\n')}\n`),
    }
    const person = await open('root', '/console/leads/import')
    const { page } = person
    await page.locator('input[type=file]').setInputFiles(file)

    // Two of the headers are unknown: the person maps them.
    await page.getByText('No column is the phone yet.').waitFor()
    expect(await axeViolations(page)).toEqual([])
    await page.getByLabel('What the column Kürzel is').selectOption({ label: 'Whole name' })
    await page.getByLabel('What the column Anschluss is').selectOption({ label: 'Phone' })
    await page.getByRole('button', { name: 'Dry run' }).click()
    await page.getByText(`refused: ${BAD_ROWS}. Nothing was changed.`).waitFor({ timeout: 120_000 })
    await page.getByText('1,000 refused rows').click()
    await page.getByText('Line 9, Anschluss: ').waitFor()
    expect(await countLeads()).toBe(before)

    await page.getByRole('button', { name: 'Back to the list' }).click()
    await page.getByRole('button', { name: 'Import', exact: true }).click()
    const seen = new Set<number>()
    const progress = page.getByRole('progressbar', { name: 'Progress of the import' })
    await waitUntil(
      'the import has ended',
      async () => {
        const value = await progress.getAttribute('value', { timeout: 500 }).catch(() => null)
        if (value !== null) seen.add(Number(value))
        return page.getByText(`Added: ${IMPORT_ROWS - BAD_ROWS}.`).isVisible()
      },
      240_000,
    )
    expect([...seen].filter((value) => value > 0 && value < IMPORT_ROWS).length).toBeGreaterThan(2)
    expect(await countLeads()).toBe(before + IMPORT_ROWS - BAD_ROWS)

    // One of them is used meanwhile: it stays.
    const { body } = await center.clients.root.request('/v1/leads?q=5000&limit=1')
    const used = Number((body.leads as { id: number }[])[0]?.id)
    await center.clients.root.request(`/leads/${used}/notes`, { json: { content: 'interested' } })
    await page.getByRole('button', { name: 'Undo the import' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Undo the import' }).click()
    const removed = IMPORT_ROWS - BAD_ROWS - 1
    await page
      .getByText(`Undone. Removed: ${removed}. Restored: 0. Left as they are: 1.`)
      .waitFor({ timeout: 240_000 })
    await page.getByText('Leads that were left as they are').click()
    await page.getByText('Row 5000: it has notes').waitFor()
    expect(await countLeads()).toBe(before + 1)
    expectNoComplaints(person)
    await person.close()
  }, 600_000)
})

/** A script: chooses a status. @returns how long it takes until the first row of it is painted, in ms */
const filterTo = (status: string) => `new Promise((resolve) => {
  const select = [...document.querySelectorAll('select')].find((one) => [...one.options].some((of) => of.value === 'qualified'))
  const begun = performance.now()
  Object.getOwnPropertyDescriptor(HTMLSelectElement.prototype, 'value').set.call(select, ${JSON.stringify(status)})
  select.dispatchEvent(new Event('change', { bubbles: true }))
  const check = () => {
    const badge = document.querySelector('[role=row][data-index="0"] [data-status]')
    if (badge?.dataset.status === ${JSON.stringify(status)}) resolve(performance.now() - begun)
    else requestAnimationFrame(check)
  }
  requestAnimationFrame(check)
})`

/** Scrolls through the page, by a step in each frame. */
const scrollThrough = (page: Page, { toPx, stepPx }: { toPx: number; stepPx: number }) =>
  page.evaluate(`(async () => {
    for (let y = 0; y <= ${toPx}; y += ${stepPx}) {
      window.scrollTo(0, y)
      await new Promise((resolve) => requestAnimationFrame(resolve))
    }
  })()`)
