import { type Expression, type ExpressionBuilder, type Selectable, type SqlBool, sql } from 'kysely'
import type { Scope } from '../../../core/call-center/agents/scope.ts'
import type { Campaign, CampaignRules } from '../../../core/call-center/campaigns/campaign.ts'
import { ROUTE_FAILURES } from '../../../core/call-center/campaigns/outage-detector.ts'
import { CLOSED_STATUSES } from '../../../core/call-center/leads/queue-state.ts'
import { rowId } from '../bind.ts'
import { chunks } from '../chunks.ts'
import type { Database } from '../database.ts'
import type { Tables } from '../tables.ts'
import type { CampaignsTable } from '../tables-call-center.ts'

const ROWS_PER_INSERT = 500

/** Reads the agents of campaigns. */
export async function withAgents(
  db: Database,
  rows: readonly Selectable<CampaignsTable>[],
): Promise<Campaign[]> {
  if (rows.length === 0) return []
  const members = await db.query
    .selectFrom('campaign_agents')
    .selectAll()
    .where(
      'campaign_id',
      'in',
      rows.map(({ id }) => id),
    )
    .orderBy('agent_id')
    .execute()
  const agents = new Map<number, string[]>(rows.map(({ id }) => [id, []]))
  for (const { campaign_id, agent_id } of members) agents.get(campaign_id)?.push(String(agent_id))
  return rows.map((row) => toCampaign(row, agents.get(row.id) ?? []))
}

export async function insertCampaignAgents(
  trx: Database['query'],
  campaignId: number,
  agentIds: readonly string[],
) {
  const rows = [...new Set(agentIds)].map((id) => ({ campaign_id: campaignId, agent_id: rowId(id) ?? 0 }))
  for (const rowChunk of chunks(rows, ROWS_PER_INSERT)) {
    await trx.insertInto('campaign_agents').values(rowChunk).execute()
  }
}

/**
 * Refunds an attempt that failed because of an outage. A lead that only such attempts ended waits again: not one with
 * a closed status, one with another last outcome, or one that is being called.
 */
export async function refundAttempt(trx: Database['query'], campaignId: string, leadId: string, now: number) {
  const isOver = sql<boolean>`(dial_state = 'done'
    and (status in (${sql.join(CLOSED_STATUSES)}) or last_outcome not in (${sql.join(ROUTE_FAILURES)})))`
  await trx
    .updateTable('leads')
    .set({
      attempts: sql<number>`case when attempts > 0 then attempts - 1 else 0 end`,
      dial_state: sql`case when dial_state = 'done' and not ${isOver} then 'waiting' else dial_state end`,
      next_try_at: sql<number>`case when dial_state = 'dialling' or ${isOver} then next_try_at
        when callback_at > ${now} then callback_at else ${now} end`,
      updated_at: now,
    })
    .where('id', '=', rowId(leadId) ?? 0)
    .where('campaign_id', '=', rowId(campaignId) ?? 0)
    .execute()
}

/** Campaigns that a scope includes; `own` includes the campaigns in which the agent works. */
export function isCampaignVisible(
  is: ExpressionBuilder<Tables, 'campaigns'>,
  scope: Scope,
): Expression<SqlBool> {
  if (scope.sees === 'all') return sql<SqlBool>`1 = 1`
  if (scope.sees === 'team') return is('campaigns.team', '=', scope.team)
  return is.exists(
    is
      .selectFrom('campaign_agents')
      .select('agent_id')
      .whereRef('campaign_agents.campaign_id', '=', 'campaigns.id')
      .where('agent_id', '=', rowId(scope.agentId) ?? 0),
  )
}

const toCampaign = (row: Selectable<CampaignsTable>, agentIds: readonly string[]): Campaign => ({
  id: String(row.id),
  name: row.name,
  description: row.description,
  team: row.team,
  status: row.status,
  dialerMode: row.dialer_mode,
  rules: JSON.parse(row.rules_json) as CampaignRules, // only `add` and `update` write it
  agentIds,
  automation: row.automation === 1,
  automationNote: row.automation_note,
  stopped: row.stopped === 1,
  version: row.version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})
