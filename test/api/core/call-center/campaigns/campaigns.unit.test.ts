import { describe, expect, test } from 'vitest'
import type { CallCenterActor } from '../../../../../api/core/call-center/agents/call-center-actor.ts'
import { covers, type Scope, UNRESTRICTED_SCOPE } from '../../../../../api/core/call-center/agents/scope.ts'
import type { CampaignStore } from '../../../../../api/core/call-center/campaigns/campaign-store.ts'
import {
  type CampaignPatch,
  createCampaigns,
} from '../../../../../api/core/call-center/campaigns/campaigns.ts'
import { Refusal } from '../../../../../api/core/refusal.ts'
import { newAgent } from '../../../../support/fixtures/agents.ts'
import { newCampaign, newRules } from '../../../../support/fixtures/campaigns.ts'

const SALES: Scope = { sees: 'team', team: 'sales', agentId: '2' }
const OWN: Scope = { sees: 'own', agentId: '1' }
const by = (scope: Scope): CallCenterActor => ({ userId: '1', role: 'admin', agent: newAgent(), scope })
const AGENTS = [
  newAgent({ id: '1' }),
  newAgent({ id: '3', team: 'support' }),
  newAgent({ id: '5', kind: 'ai', userId: null, extension: null }),
  newAgent({ id: '6', userId: null, extension: null }),
]

/** Campaigns over a store with campaign 1 of team sales, in which agent 3 works. */
function createFixture(
  trunks: readonly string[] = [],
  { timeZone = 'Europe/Berlin', rules = newRules() } = {},
) {
  const writes: unknown[] = []
  let stored = newCampaign({ team: 'sales', agentIds: ['3'], version: 4, rules })
  /** Changes by other users, each just before the next update. */
  let concurrentChanges = 0
  const store: Partial<CampaignStore> = {
    find: async (id) => (id === '1' ? stored : undefined),
    list: async () => [stored],
    async add(campaign, now) {
      writes.push(['add', campaign, now])
      return { ...stored, ...campaign }
    },
    async update(_, change, version) {
      if (concurrentChanges > 0) {
        concurrentChanges -= 1
        stored = { ...stored, version: stored.version + 1 }
      }
      if (version !== stored.version) throw new Refusal('stale')
      writes.push(['update', change, version])
      stored = { ...stored, ...change, version: stored.version + 1 }
      return stored
    },
    progress: async () => new Map(),
  }
  const campaigns = createCampaigns({
    store: store as CampaignStore, // no other methods are called
    agents: {
      findAll: async (ids) => AGENTS.filter(({ id }) => ids.includes(id)),
      find: async (id, scope) => AGENTS.find((agent) => agent.id === id && covers(scope, agent)),
    },
    timeZone,
    trunks,
    now: () => 5_000,
  })
  return {
    campaigns,
    writes,
    changeMeanwhile(times: number) {
      concurrentChanges = times
    },
  }
}

describe('a new campaign', () => {
  test('dials progressively by the default rules, in the machine’s time zone', async () => {
    const { campaigns, writes } = createFixture()
    await campaigns.add(by(UNRESTRICTED_SCOPE), { name: 'Spring' })
    expect(writes).toEqual([
      [
        'add',
        {
          ...{ name: 'Spring', description: null, team: null, dialerMode: 'progressive', agentIds: [] },
          rules: {
            ...{ callerId: null, startMinute: 540, endMinute: 1_260, weekdays: [1, 2, 3, 4, 5, 6] },
            ...{ timeZone: 'Europe/Berlin', maxAttempts: 3, retryMinutes: 30, retryMinutesOf: { busy: 5 } },
            ...{ maxCalls: 10, trunk: null, wrapUpSeconds: 5 },
          },
        },
        5,
      ],
    ])
  })

  test.each<[string, string[], string | null]>([
    ['the only trunk', ['telnyx'], 'telnyx'],
    ['no trunk, if there are several', ['telnyx', 'backup'], null],
  ])('uses %s', async (_, trunks, trunk) => {
    const { campaigns } = createFixture(trunks)
    const { campaign } = await campaigns.add(by(UNRESTRICTED_SCOPE), { name: 'Spring' })
    expect(campaign.rules.trunk).toBe(trunk)
  })

  test('of a supervisor gets their team', async () => {
    const { campaigns } = createFixture()
    expect((await campaigns.add(by(SALES), { name: 'Spring' })).campaign.team).toBe('sales')
  })

  test.each<[string, Scope, CampaignPatch, string]>([
    ['by an agent', OWN, {}, 'forbidden'],
    ['for another team, by a supervisor', SALES, { team: 'support' }, 'forbidden'],
    ['for no team, by a supervisor', SALES, { team: null }, 'forbidden'],
    ['that ends before it starts', SALES, { rules: { startMinute: 600, endMinute: 600 } }, 'input_invalid'],
    ['with an unknown trunk', SALES, { rules: { trunk: 'backup' } }, 'input_invalid'],
    ['with an agent of another team', SALES, { agentIds: ['3'] }, 'input_invalid'],
    ['with an agent who does not exist', SALES, { agentIds: ['99'] }, 'input_invalid'],
    ['with an AI agent', UNRESTRICTED_SCOPE, { agentIds: ['5'] }, 'input_invalid'],
    ['with an agent without a user', UNRESTRICTED_SCOPE, { agentIds: ['6'] }, 'input_invalid'],
  ])('is refused %s', async (_, scope, patch, code) => {
    const { campaigns, writes } = createFixture(['telnyx'])
    await expect(campaigns.add(by(scope), { ...patch, name: 'Spring' })).rejects.toMatchObject({ code })
    expect(writes).toEqual([])
  })
})

describe('an update of a campaign', () => {
  test('merges rules with the stored ones', async () => {
    const { campaigns, writes } = createFixture()
    await campaigns.update(by(SALES), '1', { rules: { maxAttempts: 9 } }, undefined)
    expect(writes).toEqual([['update', { rules: newRules({ maxAttempts: 9 }) }, 4]])
  })

  test('keeps agents of other teams who already work in it', async () => {
    const { campaigns, writes } = createFixture()
    await campaigns.update(by(SALES), '1', { agentIds: ['3', '1'] }, undefined)
    expect(writes).toEqual([['update', { agentIds: ['3', '1'] }, 4]])
  })

  test.each<[string, Scope, string, CampaignPatch, string]>([
    ['by an agent who works in it', OWN, '1', { name: 'x' }, 'forbidden'],
    ['to another team, by a supervisor', SALES, '1', { team: 'support' }, 'forbidden'],
    ['of an unknown campaign', SALES, '99', { name: 'x' }, 'not_found'],
  ])('is refused %s', async (_, scope, id, patch, code) => {
    const { campaigns, writes } = createFixture()
    await expect(campaigns.update(by(scope), id, patch, undefined)).rejects.toMatchObject({ code })
    expect(writes).toEqual([])
  })

  test('without a version is merged again after concurrent changes, up to five attempts', async () => {
    const { campaigns, writes, changeMeanwhile } = createFixture()
    changeMeanwhile(4)
    await campaigns.update(by(SALES), '1', { name: 'Summer' }, undefined)
    expect(writes).toEqual([['update', { name: 'Summer' }, 8]])
    changeMeanwhile(5)
    await expect(campaigns.update(by(SALES), '1', { name: 'Winter' }, undefined)).rejects.toMatchObject({
      code: 'stale',
    })
  })

  test('with a stale version is refused at once', async () => {
    const { campaigns, writes } = createFixture()
    await expect(campaigns.update(by(SALES), '1', { name: 'x' }, 3)).rejects.toMatchObject({ code: 'stale' })
    expect(writes).toEqual([])
  })
})

test('a campaign without leads has a progress of zero', async () => {
  const { campaigns } = createFixture()
  const none = { total: 0, waiting: 0, dialling: 0, done: 0, calls: 0, outcomes: {} }
  expect(await campaigns.list(by(SALES), { limit: 9 })).toMatchObject([{ progress: none }])
  expect(await campaigns.find(by(SALES), '1')).toMatchObject({ progress: none })
  await expect(campaigns.find(by(SALES), '99')).rejects.toMatchObject({ code: 'not_found' })
})

describe('a campaign with time zone BST, stored before such names were refused', () => {
  test.each<[string, Parameters<typeof newRules>[0], boolean]>([
    ['accepts other changes', { maxAttempts: 5 }, true],
    ['accepts its own time zone unchanged', { timeZone: 'BST', maxAttempts: 5 }, true],
    ['accepts a valid time zone', { timeZone: 'Europe/London' }, true],
    ['refuses another such name', { timeZone: 'IST' }, false],
  ])('%s', async (_, rules, isAccepted) => {
    const update = createFixture([], { rules: newRules({ timeZone: 'BST' }) }).campaigns.update(
      by(UNRESTRICTED_SCOPE),
      '1',
      { rules },
      undefined,
    )
    if (isAccepted) expect((await update).campaign.rules).toMatchObject({ ...rules })
    else
      await expect(update).rejects.toMatchObject({
        detail: expect.stringMatching(/timeZone must be a place/),
      })
  })
})

test('a new campaign must name its time zone if the machine’s own is not accepted', async () => {
  const { campaigns } = createFixture([], { timeZone: 'Etc/GMT+5' })
  await expect(campaigns.add(by(UNRESTRICTED_SCOPE), { name: 'Spring' })).rejects.toMatchObject({
    code: 'input_invalid',
  })
  const { campaign } = await campaigns.add(by(UNRESTRICTED_SCOPE), {
    name: 'Spring',
    rules: { timeZone: 'America/Lima' },
  })
  expect(campaign.rules.timeZone).toBe('America/Lima')
})
