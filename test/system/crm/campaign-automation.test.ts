import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDoNotCall } from '../../../api/store/sql/call-center/do-not-call.ts'
import { whyAsteriskUnavailable } from '../../support/asterisk.ts'
import { loginCallCenterUser } from '../../support/call-center.ts'
import { requestJson } from '../../support/http-client.ts'
import { startScriptedPhones } from '../../support/sipp.ts'
import { waitUntil } from '../../support/stack.ts'
import { type CampaignRun, expectAllCalledDespiteKill, startCampaignRun } from './campaign-run.ts'
import { expectDeskWorks } from './desk-run.ts'

/** Time zones without daylight saving time, one for each whole hour from UTC-11 to UTC+14. */
const TIME_ZONES = [
  ...['Pacific/Pago_Pago', 'Pacific/Honolulu', 'Pacific/Gambier', 'Pacific/Pitcairn', 'America/Phoenix'],
  ...[
    'America/Guatemala',
    'America/Bogota',
    'America/Caracas',
    'America/Sao_Paulo',
    'Atlantic/South_Georgia',
  ],
  ...['Atlantic/Cape_Verde', 'Africa/Abidjan', 'Africa/Lagos', 'Africa/Maputo', 'Asia/Riyadh', 'Asia/Dubai'],
  ...['Asia/Tashkent', 'Asia/Bishkek', 'Asia/Bangkok', 'Asia/Singapore', 'Asia/Tokyo', 'Australia/Brisbane'],
  ...['Pacific/Noumea', 'Pacific/Tarawa', 'Pacific/Tongatapu', 'Pacific/Kiritimati'],
]

const missing = await whyAsteriskUnavailable()
const title =
  missing === undefined
    ? 'automatic dialing of a campaign'
    : `automatic dialing of a campaign (skipped: ${missing})`

describe.skipIf(missing !== undefined)(title, () => {
  let run: CampaignRun
  beforeAll(async () => {
    run = await startCampaignRun({ agents: 11, trunk: 8 })
  })
  afterAll(() => run?.stop())

  test('each of 200 leads gets its outcome, and no lead is in two calls at once, although the API is killed', async () => {
    await expectAllCalledDespiteKill(run, { leads: 200, maxConcurrent: 8 })
  }, 300_000)

  test('pause stops dialing, start resumes it, and a stopped campaign cannot be started again', async () => {
    const id = await run.createCampaign({ agentIds: run.agentIds.slice(0, 2) })
    await run.addLeads(id, 30, '1')
    const step = async (path: string) =>
      (await run.sven.request(`/campaigns/${id}/${path}`, { method: 'POST' })).status
    expect(await step('automation/start')).toBe(200)
    await waitUntil('it dials', async () => Number((await run.status(id)).done) > 0)

    expect(await step('pause')).toBe(200)
    await waitUntil('live calls have ended', async () => (await run.status(id)).dialling === 0)
    const { done } = await run.status(id)
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    expect(await run.status(id)).toMatchObject({
      done,
      dialling: 0,
      automation: true,
      note: 'the campaign is paused',
    })

    expect(await step('start')).toBe(200)
    await waitUntil('it dials again', async () => Number((await run.status(id)).done) > Number(done))
    expect(await step('stop')).toBe(200)
    await waitUntil('no call is live', async () => (await run.status(id)).dialling === 0)
    expect((await run.leads(id)).some(({ dial_state }) => dial_state === 'waiting')).toBe(true)
    expect(await step('start')).toBe(409)
  })

  test('a lead on the do-not-call list is never called, and a lead outside of its calling hours waits', async () => {
    const id = await run.createCampaign({ startTime: '09:00', endTime: '11:00', timeZone: 'Etc/UTC' })
    const timeZoneAt = (hours: number) => TIME_ZONES[hours + 11] ?? ''
    // Local time is between 9 and 10 h in the first zone, and two hours later in the second.
    const hour = new Date().getUTCHours()
    const offset = ((9 - hour + 35) % 24) - 11
    await run.addLeads(id, 1, '2', { time_zone: timeZoneAt(offset) })
    await run.addLeads(id, 1, '3', { time_zone: timeZoneAt(offset + 2) })
    await run.addLeads(id, 1, '4', { time_zone: timeZoneAt(offset) })
    const [open, closed, onDoNotCallList] = await run.leads(id)
    await createDoNotCall(run.db).add([[onDoNotCallList?.number ?? '']], 'asked', 0)
    expect((await run.sven.request(`/campaigns/${id}/automation/start`, { method: 'POST' })).status).toBe(200)
    await waitUntil('two are done', async () => (await run.status(id)).done === 2)
    const status = await run.status(id)
    expect(status).toMatchObject({
      waiting: 1,
      done: 2,
      note: expect.stringMatching(/^outside calling hours until /),
    })
    const numbers = run.trunkCallEvents().map(({ number }) => number)
    expect(numbers).toContain(open?.number)
    expect(numbers).not.toContain(closed?.number)
    expect(numbers).not.toContain(onDoNotCallList?.number)
  })

  test.each([
    ['the trunk has no free circuit', '71', 'congestion', /CONGESTION/],
    ['the trunk does not exist', '72', 'unavailable', /UNAVAILABLE/],
    ['the dialplan has a dead end', '73', 'failed', /FAILED/],
    ['the agent only gets an announcement', '74', 'failed', /FAILED/],
    ['the agent only gets a tone', '75', 'failed', /FAILED/],
    ['the dial context has no such number', '5550', 'unknown_number', /knew none of 5 numbers/],
  ])(
    'if %s, the campaign is paused and no lead loses an attempt',
    async (_, group, outcome, words) => {
      const id = await run.createCampaign({
        agentIds: run.agentIds.slice(0, 3),
        maxAttempts: 3,
        retryDelayMinutes: 1,
      })
      await run.addLeads(id, 8, group)
      expect((await run.sven.request(`/campaigns/${id}/automation/start`, { method: 'POST' })).status).toBe(
        200,
      )
      await waitUntil('it is paused', async () => (await run.status(id)).status === 'PAUSED', 60_000)
      await waitUntil('live calls have ended', async () => (await run.status(id)).dialling === 0)
      expect(await run.status(id)).toMatchObject({
        waiting: 8,
        done: 0,
        successfulCalls: 0,
        note: expect.stringMatching(words),
      })
      const leads = await run.leads(id)
      expect(leads.map(({ attempts }) => attempts)).toEqual(Array(8).fill(0))
      const seen = new Set(leads.map(({ last_outcome }) => last_outcome))
      expect([...seen].filter((one) => one !== null)).toEqual([outcome])
    },
    120_000,
  )

  test('an agent works from the desk: notes, results, and a callback before other leads', async () => {
    await expectDeskWorks(run)
  }, 120_000)

  test('an agent who logs out is OFFLINE and not called, even with a registered phone and after an API restart', async () => {
    const { asterisk, stack } = run.telephony
    const phone = await startScriptedPhones(asterisk, '1001', 'answers')
    try {
      let anna = await loginCallCenterUser(stack, 'anna')
      const { body } = await run.sven.request('/agents')
      const id = (body as unknown as { id: number; name: string }[]).find(({ name }) => name === 'anna')?.id // a bare array
      const statusOf = async () => (await run.sven.request(`/agents/${id}`)).body.status
      const campaignId = await run.createCampaign({ agentIds: [Number(id)] })
      await anna.request(`/agents/${id}/status`, { method: 'PUT', json: { status: 'READY' } })

      const second = await loginCallCenterUser(stack, 'anna')
      const logOut = (token: string) => requestJson(`${stack.base}/auth/logout`, { method: 'POST', token })
      expect((await logOut(second.token)).status).toBe(200)
      expect(await statusOf()).toBe('READY')
      expect((await logOut(anna.token)).status).toBe(200)
      expect(await statusOf()).toBe('OFFLINE')

      await run.addLeads(campaignId, 1, '8')
      expect(
        (await run.sven.request(`/campaigns/${campaignId}/automation/start`, { method: 'POST' })).status,
      ).toBe(200)
      const killed = stack.pid('api')
      stack.signal('api', 'SIGKILL')
      await waitUntil('the api is back', async () => {
        const up = await run.status(campaignId).catch(() => undefined)
        return stack.pid('api') !== killed && up?.note === 'no free agent'
      })
      anna = await loginCallCenterUser(stack, 'anna')
      await new Promise((resolve) => setTimeout(resolve, 2_000))
      expect(await run.status(campaignId)).toMatchObject({ freeAgents: 0, dialling: 0, waiting: 1 })
      expect(await statusOf()).toBe('OFFLINE')

      await anna.request(`/agents/${id}/status`, { method: 'PUT', json: { status: 'READY' } })
      await waitUntil('the lead is called', async () => (await run.status(campaignId)).done === 1)
    } finally {
      await phone.stop()
    }
  }, 120_000)
})
