import type { Agent } from '../call-center/agents/agent.ts'
import type { Campaign, CampaignStatus } from '../call-center/campaigns/campaign.ts'
import type { WebhookEvent } from './event.ts'

/** @param nonce distinguishes changes within one second */
export const toAgentStatusEvent = (
  agent: Pick<Agent, 'id' | 'userId' | 'name' | 'team' | 'status' | 'breakReason'>,
  at: number,
  nonce: string,
): WebhookEvent => ({
  type: 'agent.status',
  key: `agent.status:${agent.id}:${nonce}`,
  at,
  data: {
    agent_id: agent.id,
    user_id: agent.userId,
    name: agent.name,
    team: agent.team,
    status: agent.status,
    break_reason: agent.breakReason,
  },
})

const CAMPAIGN_EVENTS = {
  active: 'campaign.started',
  paused: 'campaign.paused',
  completed: 'campaign.finished',
} as const

/** @returns none for a campaign that is still a draft */
export function toCampaignEvents(
  {
    id,
    name,
    team,
    status,
    version,
  }: Pick<Campaign, 'id' | 'name' | 'team' | 'version'> & {
    status: CampaignStatus
  },
  at: number,
): WebhookEvent[] {
  if (status === 'draft') return []
  const type = CAMPAIGN_EVENTS[status]
  return [{ type, key: `${type}:${id}:${version}`, at, data: { campaign_id: id, name, team, status } }]
}
