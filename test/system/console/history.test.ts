import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { axeViolations } from '../../support/console/axe.ts'
import {
  type ConsoleBrowser,
  expectNoComplaints,
  type Person,
  startConsoleBrowser,
} from '../../support/console/console-page.ts'
import { measureTasks } from '../../support/console/main-thread.ts'
import { pastCall, seedHistory } from '../../support/console/seed-history.ts'
import { wavSilence } from '../../support/console/wav-silence.ts'
import { type Stack, startStack, waitUntil } from '../../support/stack.ts'
import { loginV1Client } from '../../support/v1-client.ts'

const ROWS = 10_000
const HOSTILE = '<img src=x onerror="window.hacked=1">'
const ANA = 'Ana García'
/** A search begins 300 ms after the last key. */
const TYPED_AFTER_MS = 600

describe('console: history', () => {
  let stack: Stack
  let browser: ConsoleBrowser
  beforeAll(async () => {
    stack = await startStack()
    browser = await startConsoleBrowser(stack.url)
    const [user1, user2] = [await loginV1Client(stack, 'user1'), await loginV1Client(stack, 'user2')]
    const now = Math.floor(Date.now() / 1_000)
    const many = Array.from({ length: ROWS }, (_, n) =>
      pastCall(
        { userId: user1.userId, extension: '1001' },
        { id: `many.${n}`, startedAt: now - 60 * (n + 1), fromName: `Caller ${n + 1}` },
      ),
    )
    const own = { userId: user2.userId, extension: '1002' }
    mkdirSync(join(stack.data, 'media', '1002'), { recursive: true })
    writeFileSync(join(stack.data, 'media', '1002', 'talk.wav'), wavSilence(20))
    await seedHistory(stack.data, [
      ...many,
      pastCall(own, { id: 'few.1', startedAt: now - 400, fromName: ANA, recordings: ['1002/talk.wav'] }),
      pastCall(own, {
        id: 'few.2',
        startedAt: now - 300,
        fromNumber: '0049891',
        outcome: 'no_answer',
        cause: 19,
        answeredAt: null,
        billable: 0,
        parties: [{ ...own, answered: false, called: true }],
      }),
      pastCall(own, { id: 'few.3', startedAt: now - 200, fromName: HOSTILE, fromNumber: '1003' }),
      pastCall(own, {
        id: 'few.4',
        startedAt: now - 100,
        direction: 'outgoing',
        fromNumber: '1002',
        toNumber: '+34600',
        outcome: 'busy',
        cause: 17,
        answeredAt: null,
        billable: 0,
        parties: [{ ...own, answered: false }],
      }),
    ])
  })
  afterAll(async () => {
    await browser?.stop()
    await stack?.stop()
  })

  const rowsOf = (page: Page) => page.locator('[role=row][data-index]')
  const rowOf = (page: Page, text: string) => rowsOf(page).filter({ hasText: text })
  async function open(login: string, path = '/console/history', options = {}): Promise<Person> {
    const person = await browser.openPerson(options)
    await person.signIn(login, path)
    await rowsOf(person.page).first().waitFor()
    return person
  }

  it('shows the newest call first, with names as text, and axe finds nothing', async () => {
    const person = await open('user2')
    const { page } = person
    expect(await rowsOf(page).count()).toBe(4)
    const texts = await rowsOf(page).allInnerTexts()
    expect(texts.map((text) => text.split('\n')[0])).toEqual(['+34600', HOSTILE, '0049891', ANA])
    expect(await page.evaluate('window.hacked')).toBeUndefined()
    expect(await axeViolations(page)).toEqual([])
    expectNoComplaints(person)
    await person.close()
  })

  it('has its filters in the address: a link shows the same list, and typing changes the link', async () => {
    const person = await open('user2', '/console/history?number=0049891')
    const { page } = person
    expect(await rowsOf(page).count()).toBe(1)
    expect(await page.getByLabel('Number begins with').inputValue()).toBe('0049891')

    await page.getByRole('button', { name: 'Clear the filters' }).click()
    await waitUntil('all rows are back', async () => (await rowsOf(page).count()) === 4)
    await page.keyboard.press('Escape')
    await page.locator('main').focus()
    await page.keyboard.press('/')
    await page.keyboard.type('GARCÍA')
    await waitUntil('one row is left', async () => (await rowsOf(page).count()) === 1)
    expect(new URL(page.url()).search).toBe('?q=GARC%C3%8DA')
    await page.getByLabel('Result').selectOption('busy')
    await page.getByText('No call matches these filters').waitFor()
    expect(new URL(page.url()).search).toBe('?q=GARC%C3%8DA&outcome=busy')

    // What is chosen or cleared while the search waits for the end of the typing stays so.
    await page.getByLabel('Search calls').fill('1003')
    await page.getByLabel('Missed calls only').check()
    await page.waitForURL('**/history?q=1003&outcome=busy&missed=true')
    await page.getByLabel('Search calls').fill('100')
    await page.getByRole('button', { name: 'Clear the filters' }).first().click()
    await waitUntil('all rows are back', async () => (await rowsOf(page).count()) === 4)
    expect(await page.getByLabel('Search calls').inputValue()).toBe('')
    await page.waitForTimeout(TYPED_AFTER_MS)
    expect(new URL(page.url()).search).toBe('')
    expectNoComplaints(person)
    await person.close()
  })

  it('marks missed calls as new once, and stores that they were seen', async () => {
    const client = await loginV1Client(stack, 'user3')
    const missed = async () => (await client.request('/calls/missed')).body.count
    const unanswered = { outcome: 'no_answer', cause: 19, answeredAt: null, billable: 0 } as const
    const own = { userId: client.userId, extension: '1003' }
    const call = (id: string, agoS: number) =>
      pastCall(own, {
        id,
        startedAt: Math.floor(Date.now() / 1_000) - agoS,
        ...unanswered,
        parties: [{ ...own, answered: false, called: true }],
      })
    await seedHistory(stack.data, [call('missed.1', 600), call('missed.2', 500)])
    expect(await missed()).toBe(2)
    const person = await open('user3')
    const { page } = person
    await waitUntil('they were seen', async () => (await missed()) === 0)
    expect(await rowOf(page, 'Missed').filter({ hasText: 'New' }).count()).toBe(2)

    await page.reload()
    await rowsOf(page).first().waitFor()
    await page.waitForLoadState('networkidle')
    expect(await rowOf(page, 'Missed').count()).toBe(2)
    expect(await rowsOf(page).filter({ hasText: 'New' }).count()).toBe(0)

    await seedHistory(stack.data, [call('missed.3', 400)])
    await page.goto('/console/today')
    await page.getByRole('button', { name: 'Mark as seen' }).click()
    await page.getByText('You have missed no call.').waitFor()
    const { calls } = (await client.request('/calls/history?missed=true&limit=1')).body
    expect((await client.request('/calls/missed')).body.seen_until).toBe(
      (calls as { ended_at: string }[])[0]?.ended_at,
    )
    expectNoComplaints(person)
    await person.close()
  })

  it('explains a call in words, and plays its recording: seeks, changes the speed, renews the link', async () => {
    const person = await open('user2')
    const { page } = person
    await rowOf(page, ANA)
      .getByRole('button', { name: `Details of the call with ${ANA}` })
      .click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Answered: ended normally (Q.850 16)').waitFor()
    await dialog.getByText('user2 · 1002: picked up').waitFor()
    expect(await axeViolations(page)).toEqual([])

    await dialog.locator('audio').waitFor()
    const evaluate = (script: string) =>
      page.evaluate(`(() => { const audio = document.querySelector('dialog audio'); ${script} })()`)
    const read = (part: string) => evaluate(`return audio.${part}`)
    await waitUntil('its length is known', async () => Number(await read('duration')) === 20)
    await dialog.getByLabel('Speed').selectOption('1.5')
    expect(await read('playbackRate')).toBe(1.5)
    await evaluate('audio.currentTime = 12; audio.play()')
    await waitUntil('it plays behind the point', async () => Number(await read('currentTime')) > 12.1)

    // As if the link had expired: the page asks for another one, and goes on at the same point.
    const first = String(await read('src'))
    await evaluate('audio.pause()')
    await page.clock.install({ time: Date.now() + 60_000 })
    await evaluate("audio.src = audio.src.replace(/link=.*/, 'link=expired')")
    await waitUntil('there is a new link', async () => {
      const src = String(await read('src'))
      return src !== first && !src.endsWith('expired') && Number(await read('readyState')) > 0
    })
    expect(await read('playbackRate')).toBe(1.5)

    const download = page.waitForEvent('download')
    await dialog.getByRole('link', { name: 'Download' }).click()
    expect((await download).suggestedFilename()).toBe('talk.wav')
    await person.close()
  })

  it('exports the calls of the filter as CSV', async () => {
    const person = await open('user1', '/console/history?q=caller')
    const download = person.page.waitForEvent('download')
    await person.page.getByRole('button', { name: 'Export as CSV' }).click()
    const file = await download
    const text = readFileSync((await file.path()) ?? '', 'utf8')
    expect(text.trim().split('\n')).toHaveLength(ROWS + 1)
    await person.page.getByText('10,000 calls were exported').waitFor()
    await person.close()
  })

  it('calls back, and shows why it did not work', async () => {
    const person = await open('user2')
    const { page } = person
    const sent = page.waitForRequest(
      (request) => request.method() === 'POST' && /\/v1\/calls$/.test(request.url()),
    )
    await rowOf(page, ANA).hover()
    await rowOf(page, ANA)
      .getByRole('button', { name: `Call ${ANA}` })
      .click()
    const request = await sent
    expect(request.headers()['idempotency-key']).toMatch(/^[0-9a-f]{32}$/)
    // This stack has no PBX.
    await page.getByRole('log').getByRole('button', { name: 'Close' }).waitFor()
    await person.close()
  })

  it('is a grid of as many rows as there are calls, and arrow keys move in it', async () => {
    const person = await open('user1')
    const { page } = person
    const grid = page.getByRole('grid')
    const { height } = (await grid.boundingBox()) ?? { height: 0 }
    expect(height).toBeGreaterThan(ROWS * 40)
    const focused = () => page.evaluate('document.activeElement?.getAttribute("aria-label")')
    await rowsOf(page).first().getByRole('button').first().focus()
    await page.keyboard.press('ArrowDown')
    expect(await focused()).toBe('Details of the call with Caller 2 +4930123456')
    await page.keyboard.press('PageDown')
    expect(await focused()).toBe('Details of the call with Caller 12 +4930123456')

    // The end of the scrollbar is the oldest call.
    await page.evaluate('window.scrollTo(0, document.body.scrollHeight)')
    await rowOf(page, `Caller ${ROWS}`).waitFor()
    expect(await rowOf(page, `Caller ${ROWS}`).getAttribute('aria-rowindex')).toBe(String(ROWS + 1))
    // Only the page after the last full one is empty.
    await waitUntil(
      'the exact number of rows',
      async () => (await grid.getAttribute('aria-rowcount')) === String(ROWS + 1),
    )
    expectNoComplaints(person)
    await person.close()
  })

  it('scrolls 10 000 rows without a frame over 50 ms', async () => {
    const person = await open('user1')
    const { page } = person
    await page.evaluate('window.scrollTo(0, document.body.scrollHeight)')
    await rowOf(page, `Caller ${ROWS}`).waitFor()
    const { longestMs, count } = await measureTasks(page, () => scrollThrough(page))
    expect(count).toBeGreaterThan(ROWS / 50)
    expect(longestMs).toBeLessThanOrEqual(50)
    await person.close()
  })
})

/** Scrolls through the whole page, 50 rows in each frame: all are new. */
const scrollThrough = (page: Page) =>
  page.evaluate(`(async () => {
    for (let y = 0; y < document.body.scrollHeight; y += 3000) {
      window.scrollTo(0, y)
      await new Promise((resolve) => requestAnimationFrame(resolve))
    }
  })()`)
