import { expect, test } from 'vitest'
import type { Campaign } from '../../../../../api/core/call-center/campaigns/campaign.ts'
import { busyAgentIds } from '../../../../../api/core/call-center/campaigns/dial-queue.ts'
import { freeCapacity } from '../../../../../api/core/call-center/campaigns/free-capacity.ts'
import { createTrunkCapacity } from '../../../../../api/core/call-center/campaigns/trunk-capacity.ts'
import { newCampaign, newRules } from '../../../../support/fixtures/campaigns.ts'

const campaignOn = (id: string, trunk: string | null, maxCalls = 10): Campaign =>
  newCampaign({ id, rules: newRules({ trunk, maxCalls }) })
const attempts = (...campaignIds: (string | null)[]) =>
  campaignIds.map((campaignId, n) => ({ campaignId, callId: `hk_${n}` }))
const trunks = createTrunkCapacity({ limits: new Map([['telnyx', 3]]), live: () => [] })

test.each<[string, Campaign, ReturnType<typeof attempts>, number]>([
  ['its own limit, without a trunk', campaignOn('1', null, 5), attempts(), 5],
  ['its own limit minus its attempts', campaignOn('1', null, 5), attempts('1', '1', '2', null), 3],
  ['the trunk’s limit, if that is lower', campaignOn('1', 'telnyx'), attempts(), 3],
  [
    'the trunk’s limit minus the attempts of all campaigns on it',
    campaignOn('1', 'telnyx'),
    attempts('1', '2'),
    1,
  ],
  [
    'the trunk’s limit without attempts of other trunks and without manual calls',
    campaignOn('1', 'telnyx'),
    attempts('3', null),
    3,
  ],
  ['zero on a trunk that the settings do not name', campaignOn('1', 'backup'), attempts(), 0],
])('a campaign may place as many more calls as %s', (_, campaign, inProgress, expected) => {
  const automated = [campaign, campaignOn('2', 'telnyx'), campaignOn('3', null)]
  expect(freeCapacity(campaign, automated, inProgress, trunks)).toBe(expected)
})

test('busy agents are those of attempts in progress, without released ones', () => {
  expect(busyAgentIds([{ agentId: '1' }, { agentId: null }, { agentId: '1' }, { agentId: '7' }])).toEqual(
    new Set(['1', '7']),
  )
})
