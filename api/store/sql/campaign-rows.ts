import { type Expression, type ExpressionBuilder, type Selectable, type SqlBool, sql } from 'kysely'
import type { Campaign, CampaignRules } from '../../core/campaigns/campaign.ts'
import type { Scope } from '../../core/crew/scope.ts'
import { rowId } from './bind.ts'
import type { Database } from './database.ts'
import type { Tables } from './tables.ts'
import type { CampaignsTable } from './tables-call-centre.ts'

/** Rows of one statement: both engines take that many parameters. */
const AT_ONCE = 500

/** Campaigns of rows, with who works in them. */
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

/** Adds who works in a campaign. */
export async function putAgents(trx: Database['query'], campaignId: number, agentIds: readonly string[]) {
  const rows = [...new Set(agentIds)].map((id) => ({ campaign_id: campaignId, agent_id: rowId(id) ?? 0 }))
  for (let n = 0; n < rows.length; n += AT_ONCE) {
    await trx
      .insertInto('campaign_agents')
      .values(rows.slice(n, n + AT_ONCE))
      .execute()
  }
}

/** Whoever sees only what is their own sees the campaigns they work in. */
export function shown(is: ExpressionBuilder<Tables, 'campaigns'>, scope: Scope): Expression<SqlBool> {
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
  rules: JSON.parse(row.rules_json) as CampaignRules, // written by nobody but `add` and `update`
  agentIds,
  automation: row.automation === 1,
  automationNote: row.automation_note,
  stopped: row.stopped === 1,
  version: row.version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})
