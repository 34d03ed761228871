import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defaultDatabaseUrl } from '../../../api/config/config.ts'
import { type Database, openDatabase } from '../../../api/store/sql/database.ts'
import { whyAsteriskUnavailable } from '../../support/asterisk.ts'
import { type CallCenterClient, loginCallCenterUser, seedCallCenter } from '../../support/call-center.ts'
import {
  type ConsoleBrowser,
  expectNoComplaints,
  type Person,
  startConsoleBrowser,
} from '../../support/console/console-page.ts'
import {
  answerDialog,
  holdAndBreak,
  nextLead,
  openNotes,
  takeBreak,
} from '../../support/console/desk-keys.ts'
import { CHEAP_PASSWORD } from '../../support/seed-users.ts'
import { startScriptedPhones, startTrunkPeerByNumber } from '../../support/sipp.ts'
import { waitUntil } from '../../support/stack.ts'
import { startTelephony, type Telephony } from '../../support/telephony.ts'

/** Anna's desk phone rings so long before it answers: the time to read the card and to begin the notes. */
const RING_MS = 3_000
const LEADS = 20
/** Of leads that answer, by number: `startTrunkPeerByNumber` answers 0 to 4, is busy at 5 to 7 and silent at 8 and 9. */
const CHOSEN: Record<number, { key: string; status: string }> = {
  0: { key: '1', status: 'QUALIFIED' },
  1: { key: '2', status: 'CONTACTED' },
  2: { key: '3', status: 'LOST' },
  3: { key: '4', status: 'CONTACTED' },
  4: { key: '9', status: 'DO_NOT_CALL' },
  10: { key: '5', status: 'CONTACTED' },
  11: { key: '6', status: 'LOST' },
  12: { key: '7', status: 'CONVERTED' },
  13: { key: '1', status: 'QUALIFIED' },
  14: { key: '2', status: 'CONTACTED' },
}
/** One of these, in which the agent also stops the clock of the wrap-up and takes a break. */
const WITH_BREAK = 13
const outcomeOf = (n: number) => (n % 10 <= 4 ? 'ANSWERED' : n % 10 <= 7 ? 'BUSY' : 'NO_ANSWER')
/** What the browser reports of requests while the network is away. */
const OFFLINE = [/ERR_INTERNET_DISCONNECTED/, /WebSocket/]

const missing = await whyAsteriskUnavailable()
describe.skipIf(missing !== undefined)(
  `console: desk${missing === undefined ? '' : ` (skipped: ${missing})`}`,
  () => {
    const data = mkdtempSync(join(tmpdir(), 'desk-'))
    const cleanups: (() => unknown)[] = [() => rmSync(data, { recursive: true, force: true })]
    let telephony: Telephony
    let db: Database
    let root: CallCenterClient
    let browser: ConsoleBrowser
    let anna: Person
    let annaId: number

    beforeAll(async () => {
      ;({ anna: annaId } = await seedCallCenter(data))
      db = await openDatabase(defaultDatabaseUrl(data))
      cleanups.push(db.close)
      const env = { HOOKSWITCH_TRUNKS: 'trunk=5', HOOKSWITCH_TIME_ZONE: 'UTC', HOOKSWITCH_RING_SECONDS: '20' }
      telephony = await startTelephony({ trunk: true, data, env })
      cleanups.push(telephony.stop)
      const { asterisk, stack } = telephony
      cleanups.push((await startTrunkPeerByNumber(asterisk, { talkMs: 300_000 })).stop)
      cleanups.push((await startScriptedPhones(asterisk, '1001', 'answers', { ringMs: RING_MS })).stop)
      root = await loginCallCenterUser(stack, 'root')
      browser = await startConsoleBrowser(stack.url)
      cleanups.push(browser.stop)
      anna = await browser.openPerson()
      await anna.signIn('anna', '/console/desk', CHEAP_PASSWORD)
      await anna.page.getByText('You work in no campaign.').waitFor()
    })
    afterAll(async () => {
      for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
    })

    /** A campaign that dials, with leads `Lea Nr. 0` and so on. @returns the ids of the leads */
    async function startCampaign(name: string, group: string, count: number): Promise<number[]> {
      const campaign = await root.request('/campaigns', {
        json: {
          ...{
            name,
            agentIds: [annaId],
            startTime: '00:00',
            endTime: '24:00',
            weekdays: [1, 2, 3, 4, 5, 6, 7],
          },
          ...{ maxAttempts: 1, wrapUpSeconds: 3_000, timeZone: 'Asia/Tokyo', team: 'sales' },
        },
      })
      const id = campaign.body.id as number
      const ids: number[] = []
      for (let n = 0; n < count; n += 1) {
        const phone = `03019${group}${String(n).padStart(2, '0')}`
        const { body } = await root.request('/leads', {
          json: { name: `${name} Nr. ${n}`, phone, campaignId: id },
        })
        ids.push(body.id as number)
      }
      await v1(`/campaigns/${id}/script`, 'PUT', { text: `Script of ${name}` })
      await root.request(`/campaigns/${id}/start`, { method: 'POST' })
      await root.request(`/campaigns/${id}/automation/start`, { method: 'POST' })
      return ids
    }
    const v1 = (path: string, method = 'GET', json?: unknown) =>
      root.request(`/v1${path}`, { method, ...(json === undefined ? {} : { json }) })
    const leadOf = async (id: number) => (await root.request(`/leads/${id}`)).body
    const notesOf = async (id: number) =>
      ((await leadOf(id)).noteHistory as { content: string }[]).map(({ content }) => content)

    it('takes an agent through 20 leads by keyboard alone, each with its outcome and its notes', async () => {
      const { page } = anna
      const { keyboard } = page
      const ids = await startCampaign('Tea', '1', LEADS)
      await page.getByText('You are not ready').waitFor()
      // From another screen: the card opens the desk.
      await keyboard.press('r')
      await page.getByRole('status').filter({ hasText: 'Ready' }).first().waitFor()
      await keyboard.press('g')
      await keyboard.press('p')
      await page.waitForURL('**/console/people')

      const done = new Set<number>()
      let shown: number | undefined
      while (done.size < LEADS) {
        shown = await nextLead(page, shown)
        const n = ids.indexOf(shown)
        done.add(n)
        await openNotes(page)
        await keyboard.insertText(`Notes on Nr. ${n}`)
        const choice = CHOSEN[n]
        if (choice === undefined) {
          await keyboard.press('Escape')
          continue
        }
        expect(await page.getByText('Script of Tea').count()).toBe(1)
        await page.locator('[data-call="talking"]').waitFor()
        if (n < 10) {
          // From the notes, during the call, and then the end of it.
          await keyboard.press(`Alt+${choice.key}`)
          await answerDialog(page, choice.key)
          await page.getByText('The call goes on until you hang up').waitFor()
          await keyboard.press('Escape')
          await keyboard.press('x')
        } else {
          await keyboard.press('Escape')
          await keyboard.press('x')
          await page.locator('[data-call="wrap-up"]').waitFor()
          if (n === WITH_BREAK) await holdAndBreak(page)
          await keyboard.press(choice.key)
          if (n === WITH_BREAK) await takeBreak(page)
        }
      }
      await page.getByText('No call now').waitFor()

      const found = await Promise.all(
        ids.map(async (id) => {
          const { lastOutcome, status } = await leadOf(id)
          return { lastOutcome, status, notes: await notesOf(id) }
        }),
      )
      expect(found).toEqual(
        ids.map((_, n) => ({
          lastOutcome: outcomeOf(n),
          status: CHOSEN[n]?.status ?? 'NEW',
          notes: [`Notes on Nr. ${n}`],
        })),
      )
      const results = await db.query.selectFrom('call_results').select(['lead_id', 'disposition']).execute()
      expect(
        Object.fromEntries(results.map((one) => [ids.indexOf(Number(one.lead_id)), one.disposition])),
      ).toEqual(Object.fromEntries(Object.entries(CHOSEN).map(([n, { key }]) => [n, key])))
      // At ten in the morning of the lead, which is another time here.
      const { callbacks } = (await v1('/callbacks')).body as {
        callbacks: { lead: { id: string }; local_at: string }[]
      }
      expect(callbacks.map(({ lead, local_at }) => [lead.id, local_at.slice(11)])).toEqual([
        [String(ids[3]), '10:00'],
      ])
      await page.getByText('10:00 in Asia/Tokyo').or(page.getByText('10:00 AM in Asia/Tokyo')).waitFor()
      expectNoComplaints(anna)
    }, 420_000)

    it('loses nothing that is typed while the network is away for a minute, nor over a reload', async () => {
      const { page, context } = anna
      const { keyboard } = page
      const [id = 0] = await startCampaign('Coffee', '2', 1)
      await nextLead(page, undefined)
      await page.locator('[data-call="talking"]').waitFor()
      await openNotes(page)
      await keyboard.insertText('Before.')
      await page.getByText('Saved', { exact: true }).waitFor()

      await context.setOffline(true)
      const begun = Date.now()
      const typed = ['Before.']
      while (Date.now() - begun < 60_000) {
        typed.push(`After ${typed.length}.`)
        await keyboard.insertText(` ${typed.at(-1)}`)
        await page.getByText('waiting for the network').waitFor()
        await page.waitForTimeout(5_000)
      }
      expect(await notesOf(id)).toEqual(['Before.'])
      await context.setOffline(false)
      await page.getByText('Saved', { exact: true }).waitFor()
      expect(await notesOf(id)).toEqual([typed.join(' ')])
      expect(await page.evaluate(storedDrafts)).toEqual([])

      // The page is closed before the server has the last words, and the outcome that was chosen.
      await context.setOffline(true)
      await keyboard.insertText(' The end.')
      await keyboard.press('Alt+1')
      await page.getByText('waits for the network').waitFor()
      expect(await page.evaluate(storedDrafts)).toHaveLength(1)
      await page.close()
      await context.setOffline(false)
      const next = await context.newPage()
      await next.goto('/console/people')
      await waitUntil('the notes are at the server', async () => {
        const [text] = await notesOf(id)
        return text === `${typed.join(' ')} The end.`
      })
      await waitUntil('the outcome is at the server', async () => (await leadOf(id)).status === 'QUALIFIED')
      await waitUntil(
        'the browser stores no draft',
        async () => (await next.evaluate<string[]>(storedDrafts)).length === 0,
      )
      expectNoComplaints(anna, OFFLINE)
    }, 240_000)
  },
)

const storedDrafts = `Object.keys(localStorage).filter((key) => key.startsWith('hookswitch.notes.'))`
