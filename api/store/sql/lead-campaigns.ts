import type { CampaignSight } from '../../core/leads/create-leads.ts'
import { rowId } from './bind.ts'
import type { Database } from './database.ts'

/** Which campaigns somebody may put leads in: their team's, and those they work in. */
export function createCampaignSight(db: Database): CampaignSight {
  return {
    async visible(id, scope) {
      const row = await db.query
        .selectFrom('campaigns')
        .select('campaigns.id')
        .where('campaigns.id', '=', rowId(id) ?? 0)
        .$if(scope.sees !== 'all', (query) =>
          query.where(({ eb, or, exists, selectFrom }) => {
            const agent = scope.sees === 'all' ? 0 : (rowId(scope.agentId) ?? 0)
            const isMember = exists(
              selectFrom('campaign_agents')
                .select('campaign_agents.agent_id')
                .whereRef('campaign_agents.campaign_id', '=', 'campaigns.id')
                .where('campaign_agents.agent_id', '=', agent),
            )
            return scope.sees === 'team' ? or([eb('campaigns.team', '=', scope.team), isMember]) : isMember
          }),
        )
        .executeTakeFirst()
      return row !== undefined
    },
  }
}
