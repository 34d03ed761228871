import { describe, expect, test } from 'vitest'
import type { CallCenterActor } from '../../../../../api/core/call-center/agents/call-center-actor.ts'
import type { Campaign } from '../../../../../api/core/call-center/campaigns/campaign.ts'
import {
  type CampaignsNeeds,
  createCampaigns,
} from '../../../../../api/core/call-center/campaigns/campaigns.ts'
import { newAgent } from '../../../../support/fixtures/agents.ts'
import { newCampaign, newRules } from '../../../../support/fixtures/campaigns.ts'

const by: CallCenterActor = {
  userId: '1',
  agent: newAgent({ id: '1' }),
  role: 'admin',
  scope: { sees: 'all' },
}

/** Campaigns over a store with one campaign, on a machine with this time zone. */
function campaignsWith(stored: Campaign, timeZone = 'Europe/Berlin') {
  const store = {
    find: async () => stored,
    update: async (_id: string, change: Partial<Campaign>) => ({ ...stored, ...change }),
    add: async (campaign: Partial<Campaign>) => ({ ...stored, ...campaign }),
    progress: async () => new Map(),
  } as Partial<CampaignsNeeds['store']> as CampaignsNeeds['store'] // no other methods are called here
  const agents = { find: async () => undefined, findAll: async () => [] }
  return createCampaigns({ store, agents, timeZone, trunks: [], now: () => 0 })
}

describe('a campaign with time zone BST, stored before such names were refused', () => {
  const old = newCampaign({ rules: newRules({ timeZone: 'BST' }) })
  test.each<[string, Parameters<typeof newRules>[0], boolean]>([
    ['accepts other changes', { maxAttempts: 5 }, true],
    ['accepts its own time zone unchanged', { timeZone: 'BST', maxAttempts: 5 }, true],
    ['accepts a valid time zone', { timeZone: 'Europe/London' }, true],
    ['refuses another such name', { timeZone: 'IST' }, false],
  ])('%s', async (_, rules, isAccepted) => {
    const update = campaignsWith(old).update(by, '1', { rules }, undefined)
    if (isAccepted) expect((await update).campaign.rules).toMatchObject({ ...rules })
    else
      await expect(update).rejects.toMatchObject({
        detail: expect.stringMatching(/timeZone must be a place/),
      })
  })
})

test('a new campaign must name its time zone if the machine’s own is not accepted', async () => {
  const campaigns = campaignsWith(newCampaign(), 'Etc/GMT+5')
  await expect(campaigns.add(by, { name: 'Spring' })).rejects.toMatchObject({ code: 'input_invalid' })
  const { campaign } = await campaigns.add(by, { name: 'Spring', rules: { timeZone: 'America/Lima' } })
  expect(campaign.rules.timeZone).toBe('America/Lima')
})
