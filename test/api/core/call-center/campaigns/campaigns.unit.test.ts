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

/** Campaigns of which one is stored, on a machine whose own clock is `machine`. */
function campaignsWith(stored: Campaign, machine = 'Europe/Berlin') {
  const store = {
    find: async () => stored,
    update: async (_id: string, change: Partial<Campaign>) => ({ ...stored, ...change }),
    add: async (campaign: Partial<Campaign>) => ({ ...stored, ...campaign }),
    progress: async () => new Map(),
  } as Partial<CampaignsNeeds['store']> as CampaignsNeeds['store'] // no more is asked for here
  const agents = { find: async () => undefined, findAll: async () => [] }
  return createCampaigns({ store, agents, timeZone: machine, trunks: [], now: () => 0 })
}

describe('a campaign whose time zone is BST, from before such names were refused', () => {
  const old = newCampaign({ rules: newRules({ timeZone: 'BST' }) })
  test.each<[string, Parameters<typeof newRules>[0], boolean]>([
    ['can be changed otherwise', { maxAttempts: 5 }, true],
    ['can be sent back as it is', { timeZone: 'BST', maxAttempts: 5 }, true],
    ['can be put right', { timeZone: 'Europe/London' }, true],
    ['cannot be given another such name', { timeZone: 'IST' }, false],
  ])('%s', async (_, rules, taken) => {
    const update = campaignsWith(old).update(by, '1', { rules }, undefined)
    if (taken) expect((await update).campaign.rules).toMatchObject({ ...rules })
    else
      await expect(update).rejects.toMatchObject({
        detail: expect.stringMatching(/timeZone must be a place/),
      })
  })
})

test('where the machine’s own clock is no place, a new campaign has to name one', async () => {
  const campaigns = campaignsWith(newCampaign(), 'Etc/GMT+5')
  await expect(campaigns.add(by, { name: 'Spring' })).rejects.toMatchObject({ code: 'input_invalid' })
  const { campaign } = await campaigns.add(by, { name: 'Spring', rules: { timeZone: 'America/Lima' } })
  expect(campaign.rules.timeZone).toBe('America/Lima')
})
