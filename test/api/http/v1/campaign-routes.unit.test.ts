import { describe, expect, test } from 'vitest'
import { createOutcomeSeriesReader } from '../../../../api/core/call-center/campaigns/outcome-series.ts'
import type { Readiness } from '../../../../api/core/call-center/campaigns/readiness.ts'
import { Refusal } from '../../../../api/core/refusal.ts'
import { createGuard } from '../../../../api/http/guard.ts'
import { createV1Routes } from '../../../../api/http/v1/routes.ts'
import type { Role } from '../../../../contract/claims.ts'
import { createLog } from '../../../../runtime/log.ts'
import { mint, newKey } from '../../../contract/mint-token.ts'
import { newAgent } from '../../../support/fixtures/agents.ts'
import { newCampaign, newRules } from '../../../support/fixtures/campaigns.ts'
import { createFreshVerifier } from './fresh-verifier.ts'
import { unusedNeeds } from './unused-needs.ts'

const nowS = Date.parse('2026-11-30T12:00:00Z') / 1_000
const key = newKey('HS256', 'hs256-a')
const tokenOf = (role: Role) => mint(key, nowS, { claims: { sub: '4', role } })
const campaign = newCampaign({
  id: '7',
  automationNote: 'lead 3 cannot be called',
  rules: newRules({ timeZone: 'Europe/Berlin' }),
})
const READINESS: Readiness = {
  campaign,
  progress: { total: 9, waiting: 4, dialling: 1, done: 4, calls: 12, outcomes: { answered: 3, busy: 2 } },
  reasons: [
    { code: 'outside_hours', until: nowS + 60 },
    { code: 'limit_reached', limit: 5 },
    { code: 'paused', note: null },
    { code: 'time_zone_invalid', timeZone: 'BST' },
    { code: 'caller_id_not_allowed', callerId: '+4930' },
    { code: 'trunk_full', trunk: 'telnyx' },
  ],
  agents: [
    { agent: newAgent({ id: '1', name: 'ana' }), availability: { state: 'resting', until: nowS + 5 } },
    { agent: newAgent({ id: '2', name: 'boris' }), availability: { state: 'not_ready', status: 'break' } },
    { agent: newAgent({ id: '3', name: 'carla' }), availability: { state: 'away', presence: 'dnd' } },
  ],
  ...{ freeAgents: 0, nextTryAt: null, waiting: [], dialer: 'elsewhere' },
}

function createSurface() {
  const guard = createGuard(createFreshVerifier(key, nowS))
  return createV1Routes({
    // These tests use no other routes.
    ...unusedNeeds(guard),
    guard,
    log: createLog('test', 'silent'),
    callCenter: {
      ...unusedNeeds(guard).callCenter,
      campaigns: {
        resolveActor: async ({ userId, claims: { role } }) => ({
          ...{ userId, role, agent: newAgent(), scope: { sees: 'all' } },
        }),
        campaigns: {
          async find(_, id) {
            if (id !== '7') throw new Refusal('not_found')
            return { campaign, progress: READINESS.progress }
          },
        },
        readinessOf: async () => READINESS,
        outcomesOf: createOutcomeSeriesReader({
          store: { countByQuarter: async () => [{ at: nowS, outcome: 'busy', calls: 2 }] },
          timeZone: 'UTC',
          now: () => nowS * 1_000,
        }),
      },
    },
  })
}
async function get(path: string, role: Role | null = 'supervisor') {
  const headers = role === null ? {} : { Authorization: `Bearer ${await tokenOf(role)}` }
  const response = await createSurface().request(path, { headers })
  // The documented shapes, of which these tests read this much.
  const body = (await response.json()) as { code?: string; bins?: object[] }
  return { status: response.status, body }
}

describe('reports on campaigns', () => {
  test.each(['outcomes', 'readiness'])('%s are for supervisors and admins alone', async (report) => {
    const path = `/campaigns/7/${report}`
    expect((await get(path, null)).status).toBe(401)
    expect(await get(path, 'user')).toMatchObject({ status: 403, body: { code: 'forbidden' } })
    for (const role of ['supervisor', 'admin'] as const) expect((await get(path, role)).status).toBe(200)
    expect(await get(`/campaigns/8/${report}`)).toMatchObject({ status: 404, body: { code: 'not_found' } })
    expect((await get(`/campaigns/x/${report}`)).status).toBe(400)
  })

  test('name each reason with its parameters, and each agent with what prevents a call', async () => {
    const { body } = await get('/campaigns/7/readiness')
    expect(body).toEqual({
      ...{ campaign_id: '7', status: 'active', automation: true, free_agents: 0, next_try_at: null },
      reasons: [
        { code: 'outside_hours', until: '2026-11-30T12:01:00.000Z' },
        { code: 'limit_reached', limit: 5 },
        { code: 'paused', note: null },
        { code: 'time_zone_invalid', time_zone: 'BST' },
        { code: 'caller_id_not_allowed', caller_id: '+4930' },
        { code: 'trunk_full', trunk: 'telnyx' },
      ],
      agents: [
        { id: '1', name: 'ana', state: 'resting', until: '2026-11-30T12:00:05.000Z' },
        { id: '2', name: 'boris', state: 'not_ready', status: 'break' },
        { id: '3', name: 'carla', state: 'away', presence: 'dnd' },
      ],
      note: 'lead 3 cannot be called',
      dialer: 'elsewhere',
      leads: { total: 9, waiting: 4, dialing: 1, done: 4 },
      attempts: 12,
      last_outcomes: { answered: 3, busy: 2 },
    })
  })

  test('have a bin for each hour of the day that was asked for', async () => {
    const { body } = await get('/campaigns/7/outcomes?by=hour&from=2026-11-30&to=2026-11-30')
    expect(body).toMatchObject({
      by: 'hour',
      time_zone: 'Europe/Berlin',
      from: '2026-11-30',
      to: '2026-11-30',
    })
    expect(body.bins).toHaveLength(24)
    expect(body.bins?.[13]).toEqual({
      starts_at: '2026-11-30T12:00:00.000Z',
      ends_at: '2026-11-30T13:00:00.000Z',
      calls: 2,
      outcomes: { busy: 2 },
    })
  })

  test.each(['by=week', 'from=yesterday', 'from=2026-02-30', 'from=2026-12-01', 'from=2026-01-01&by=hour'])(
    'refuse %s',
    async (query) => {
      const { status, body } = await get(`/campaigns/7/outcomes?${query}`)
      expect({ status, code: body.code }).toEqual({ status: 400, code: 'input_invalid' })
    },
  )
})
