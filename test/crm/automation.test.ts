import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDoNotCall } from '../../api/store/sql/do-not-call.ts'
import { asteriskMissing } from '../support/asterisk.ts'
import { until } from '../support/stack.ts'
import { type CallCentreRun, callsAllThoughKilled, startCallCentre } from './automation-run.ts'

const missing = await asteriskMissing()
const title =
  missing === undefined
    ? 'a campaign that dials by itself'
    : `a campaign that dials by itself (skipped: ${missing})`

describe.skipIf(missing !== undefined)(title, () => {
  let run: CallCentreRun
  beforeAll(async () => {
    run = await startCallCentre({ agents: 11, trunk: 8 })
  })
  afterAll(() => run?.stop())

  test('200 leads come to their right ends, none called twice at once, though the api is killed', async () => {
    await callsAllThoughKilled(run, { leads: 200, atOnce: 8 })
  }, 300_000)

  test('paused it stands still, started it goes on by itself, stopped it is over for good', async () => {
    const id = await run.plan({ agentIds: run.agentIds.slice(0, 2) })
    await run.addLeads(id, 30, '1')
    const step = async (path: string) =>
      (await run.sven.ask(`/campaigns/${id}/${path}`, { method: 'POST' })).status
    expect(await step('automation/start')).toBe(200)
    await until('it calls', async () => Number((await run.status(id)).done) > 0)

    expect(await step('pause')).toBe(200)
    await until('what was under way is over', async () => (await run.status(id)).dialling === 0)
    const { done } = await run.status(id)
    await new Promise((resolve) => setTimeout(resolve, 2_000))
    expect(await run.status(id)).toMatchObject({
      done,
      dialling: 0,
      automation: true,
      note: 'the campaign is paused',
    })

    expect(await step('start')).toBe(200)
    await until('it goes on', async () => Number((await run.status(id)).done) > Number(done))
    expect(await step('stop')).toBe(200)
    await until('all is still', async () => (await run.status(id)).dialling === 0)
    expect((await run.leads(id)).some(({ dial_state }) => dial_state === 'waiting')).toBe(true)
    expect(await step('start')).toBe(409)
  })

  test('a lead on the do-not-call list is never called, and one in whose zone it is night waits', async () => {
    const id = await run.plan({ startTime: '09:00', endTime: '11:00', timeZone: 'Etc/UTC' })
    const elsewhere = (hours: number) =>
      hours === 0 ? 'Etc/UTC' : `Etc/GMT${hours > 0 ? '-' : '+'}${Math.abs(hours)}`
    // Where it is half past nine or so, and where it is two hours more.
    const hour = new Date().getUTCHours()
    const offset = ((9 - hour + 36) % 24) - 12
    await run.addLeads(id, 1, '2', { time_zone: elsewhere(offset) })
    await run.addLeads(id, 1, '3', { time_zone: elsewhere(offset + 2) })
    await run.addLeads(id, 1, '4', { time_zone: elsewhere(offset) })
    const [open, closed, forbidden] = await run.leads(id)
    await createDoNotCall(run.db).add([[forbidden?.number ?? '']], 'asked', 0)
    expect((await run.sven.ask(`/campaigns/${id}/automation/start`, { method: 'POST' })).status).toBe(200)
    await until('two are done', async () => (await run.status(id)).done === 2)
    const status = await run.status(id)
    expect(status).toMatchObject({
      waiting: 1,
      done: 2,
      note: expect.stringMatching(/^outside calling hours until /),
    })
    const numbers = run.heard().map(({ number }) => number)
    expect(numbers).toContain(open?.number)
    expect(numbers).not.toContain(closed?.number)
    expect(numbers).not.toContain(forbidden?.number)
  })
})
