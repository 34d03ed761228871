import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { defaultDatabaseUrl } from '../../../api/config/config.ts'
import type { CallOutcome } from '../../../api/core/calls/call.ts'
import { createUserStore } from '../../../api/store/sql/auth/users.ts'
import { createAgentStore } from '../../../api/store/sql/call-center/agents.ts'
import { type Database, openDatabase } from '../../../api/store/sql/database.ts'
import { type CallCenterClient, loginCallCenterUser, seedCallCenter } from '../../support/call-center.ts'
import { startScriptedPhones, startTrunkPeerByNumber } from '../../support/sipp.ts'
import { waitUntil } from '../../support/stack.ts'
import { startTelephony, type Telephony } from '../../support/telephony.ts'

/** Prefix of the numbers of a list; a group of more than three digits is the prefix itself. */
const numbersOf = (group: string) => (group.length > 3 ? group : `03019${group}`)

/** The outcome of a call by the last digit of its number: see `startTrunkPeerByNumber`. */
const expected = (number: string) =>
  Number(number.at(-1)) <= 4 ? 'answered' : Number(number.at(-1)) <= 7 ? 'busy' : 'no_answer'

export interface CampaignRun {
  telephony: Telephony
  db: Database
  sven: CallCenterClient
  agentIds: number[]
  /** @returns the campaign's id */
  createCampaign(difference?: { agentIds?: number[] } & Record<string, unknown>): Promise<number>
  /**
   * Adds leads with unique numbers; their last digits cycle through 0 to 9.
   * @param group digits, different for each list; `trunkConf` lists the groups that cannot be reached
   */
  addLeads(
    campaignId: number,
    count: number,
    group?: string,
    difference?: { time_zone: string },
  ): Promise<void>
  leads(
    campaignId: number,
  ): Promise<{ number: string; dial_state: string; last_outcome: string | null; attempts: number }[]>
  /** Number of the campaign's calls by outcome, from the call log. */
  outcomes(campaignId: number): Promise<Partial<Record<CallOutcome, number>>>
  status(campaignId: number): Promise<Record<string, unknown>>
  trunkCallEvents(): { event: 'begins' | 'ends'; number: string; callId: string }[]
  stop(): Promise<void>
}

/**
 * Starts a call center with phones that answer automatically, except the last one, which declines. A trunk peer answers,
 * is busy or does not answer, by number.
 */
export async function startCampaignRun({
  agents,
  trunk,
  url,
}: {
  agents: number
  /** Concurrent calls on the trunk. */
  trunk: number
  /** Database URL; undefined for SQLite. */
  url?: string | undefined
}): Promise<CampaignRun> {
  const data = mkdtempSync(join(tmpdir(), 'automation-'))
  const cleanups: (() => unknown)[] = [() => rmSync(data, { recursive: true, force: true })]
  const stop = async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
  }
  try {
    const database = url ?? defaultDatabaseUrl(data)
    await seedCallCenter(data, database)
    const db = await openDatabase(database)
    cleanups.push(db.close)
    const phones = Array.from({ length: agents }, (_, n) => String(2_000 + n))
    const agentIds: number[] = []
    for (const extension of phones) {
      const user = await createUserStore(db).add({
        ...{ username: `agent${extension}`, role: 'user', passwordHash: 'none', extension },
      })
      const agent = await createAgentStore(db).add(
        { userId: user.id, name: `Agent ${extension}`, kind: 'human', team: 'sales' },
        0,
        0,
      )
      agentIds.push(Number(agent.id))
    }
    const telephony = await startTelephony({
      trunk: true,
      load: true,
      data,
      env: {
        HOOKSWITCH_TRUNKS: `trunk=${trunk}`,
        HOOKSWITCH_TIME_ZONE: 'UTC',
        ...(url && { DATABASE_URL: url }),
      },
    })
    cleanups.push(telephony.stop)
    const { asterisk, stack } = telephony
    const outside = await startTrunkPeerByNumber(asterisk)
    cleanups.push(outside.stop)
    const [last = '', ...others] = phones.toReversed()
    cleanups.push((await startScriptedPhones(asterisk, others, 'answers')).stop)
    cleanups.push((await startScriptedPhones(asterisk, last, 'declines')).stop)
    const sven = await loginCallCenterUser(stack, 'sven')
    /** The agent with the declining phone is set to a break after three calls, so each campaign needs this. */
    const makeReady = async (ids: readonly number[]) => {
      for (const id of ids) {
        const reply = await sven.request(`/agents/${id}/status`, { method: 'PUT', json: { status: 'READY' } })
        if (reply.status !== 200) throw new Error(`an agent is not ready: ${JSON.stringify(reply.body)}`)
      }
    }
    const status = async (campaignId: number) =>
      (await sven.request(`/campaigns/${campaignId}/automation/status`)).body
    return {
      ...{ telephony, db, sven, agentIds, status, stop },
      trunkCallEvents: outside.callEvents,
      async createCampaign(difference = {}) {
        const json = {
          ...{ name: 'Spring', startTime: '00:00', endTime: '24:00', weekdays: [1, 2, 3, 4, 5, 6, 7] },
          ...{ wrapUpSeconds: 0, retryDelayMinutes: 0, retryDelays: {}, maxConcurrentCalls: 50, agentIds },
          ...difference,
        }
        const { status: code, body } = await sven.request('/campaigns', { json })
        if (code !== 201) throw new Error(`no campaign: ${JSON.stringify(body)}`)
        const id = Number(body.id)
        await makeReady(json.agentIds)
        await sven.request(`/campaigns/${id}/start`, { method: 'POST' })
        await waitUntil(
          'all phones are registered',
          async () => (await status(id)).freeAgents === json.agentIds.length,
        )
        return id
      },
      async addLeads(campaignId, count, group = '0', difference) {
        const now = Math.floor(Date.now() / 1000)
        const rows = Array.from({ length: count }, (_, n) => {
          const number = `${numbersOf(group)}${1_000 + n}`
          return {
            ...{ first_name: 'Lea', last_name: `Nr. ${n}`, phone: number, number },
            ...{ status: 'new' as const, team: 'sales', campaign_id: campaignId, attempts: 0 },
            ...{
              dial_state: 'waiting' as const,
              next_try_at: now,
              version: 1,
              created_at: now,
              updated_at: now,
              ...difference,
            },
          }
        })
        await db.query.insertInto('leads').values(rows).execute()
      },
      async outcomes(campaignId) {
        const rows = await db.query
          .selectFrom('agent_calls')
          .select('outcome')
          .select((is) => is.fn.countAll().as('calls'))
          .where('campaign_id', '=', campaignId)
          .groupBy('outcome')
          .execute()
        return Object.fromEntries(rows.map(({ outcome, calls }) => [outcome ?? 'none', Number(calls)]))
      },
      leads: (campaignId) =>
        db.query
          .selectFrom('leads')
          .select(['number', 'dial_state', 'last_outcome', 'attempts'])
          .where('campaign_id', '=', campaignId)
          .orderBy('id')
          .execute(),
    }
  } catch (err) {
    await stop()
    throw err
  }
}

/** Counts calls by number, and the most concurrent calls by number and in total. */
function countCalls(events: ReturnType<CampaignRun['trunkCallEvents']>) {
  const numbers = new Map<string, { calls: number; now: number; most: number }>()
  const all = { now: 0, most: 0 }
  for (const { event, number } of events) {
    const known = numbers.get(number) ?? { calls: 0, now: 0, most: 0 }
    numbers.set(number, known)
    if (event === 'begins') known.calls += 1
    for (const one of [known, all]) {
      one.now += event === 'begins' ? 1 : -1
      one.most = Math.max(one.most, one.now)
    }
  }
  return { numbers, most: all.most }
}

/**
 * Runs a campaign until its list is done, and kills the API when a fifth of it is done. Then checks every lead by the
 * database and by the calls that the trunk peer received.
 */
export async function expectAllCalledDespiteKill(
  run: CampaignRun,
  { leads: count, maxConcurrent, group = '0' }: { leads: number; maxConcurrent: number; group?: string },
) {
  const maxAttempts = 2
  const id = await run.createCampaign({ maxAttempts })
  await run.addLeads(id, count, group)
  const { stack } = run.telephony
  expect((await run.sven.request(`/campaigns/${id}/automation/start`, { method: 'POST' })).status).toBe(200)

  await waitUntil('a fifth is done', async () => Number((await run.status(id)).done) >= count / 5, 60_000)
  const killed = stack.pid('api')
  stack.signal('api', 'SIGKILL')
  await waitUntil('all is done', async () => (await run.status(id)).status === 'COMPLETED', 200_000)
  expect(stack.pid('api')).not.toBe(killed)

  const leads = await run.leads(id)
  expect(leads).toHaveLength(count)
  const { numbers, most } = countCalls(
    run.trunkCallEvents().filter(({ number }) => number.startsWith(numbersOf(group))),
  )
  expect(most, 'calls on the trunk at once').toBeLessThanOrEqual(maxConcurrent)
  for (const { number, dial_state, last_outcome, attempts } of leads) {
    const counted = numbers.get(number)
    expect(dial_state, number).toBe('done')
    // The outcome of a call that ended while the API was down is unknown.
    expect([expected(number), 'unknown'], number).toContain(last_outcome)
    expect(counted?.most, `${number} at once`).toBe(1)
    expect(attempts, number).toBeLessThanOrEqual(maxAttempts)
    expect(counted?.calls, `calls of ${number}`).toBeLessThanOrEqual(attempts)
  }
  // An unknown outcome counts as an attempt; a call that the agent's phone declined does not.
  const outcomes = await run.outcomes(id)
  expect(outcomes.own_declined).toBeGreaterThan(0)
  const attempts = leads.reduce((sum, one) => sum + one.attempts, 0)
  const calls = [...numbers.values()].reduce((sum, one) => sum + one.calls, 0)
  expect(attempts - calls).toBeGreaterThanOrEqual(0)
  expect(attempts - calls).toBeLessThanOrEqual(outcomes.unknown ?? 0)
  const right = leads.filter(({ number, last_outcome }) => last_outcome === expected(number))
  expect(right.length).toBeGreaterThan(count * 0.9)
  expect(await run.status(id)).toMatchObject({
    running: false,
    processedLeads: count,
    waiting: 0,
    dialling: 0,
  })
}
