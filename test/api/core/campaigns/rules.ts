import type { Campaign, CampaignRules } from '../../../../api/core/campaigns/campaign.ts'

/** Rules under which it may call at any time; tests name what is different. */
export function newRules(difference: Partial<CampaignRules> = {}): CampaignRules {
  return {
    callerId: null,
    startMinute: 0,
    endMinute: 1_440,
    weekdays: [1, 2, 3, 4, 5, 6, 7],
    timeZone: 'UTC',
    maxAttempts: 3,
    retryMinutes: 30,
    retryMinutesOf: { busy: 5 },
    maxCalls: 10,
    trunk: null,
    wrapUpSeconds: 5,
    ...difference,
  }
}

/** A campaign that dials by itself. */
export function newCampaign(difference: Partial<Campaign> = {}): Campaign {
  return {
    id: '1',
    name: 'Spring',
    description: null,
    team: null,
    status: 'active',
    dialerMode: 'progressive',
    rules: newRules(),
    agentIds: ['1'],
    automation: true,
    automationNote: null,
    stopped: false,
    version: 1,
    createdAt: 0,
    updatedAt: 0,
    ...difference,
  }
}
