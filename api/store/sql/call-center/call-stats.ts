import { type SqlBool, sql } from 'kysely'
import type { AgentPresence, CallStatsStore } from '../../../core/call-center/stats/call-stats-store.ts'
import type { CallOutcome } from '../../../core/calls/call.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { createCountedCalls } from './counted-calls.ts'
import { inScope } from './scope.ts'

export function createCallStatsStore(db: Database): CallStatsStore {
  const { callsOf, outcome, isAnsweredBy, oneIf, talkSecondsIf, sumOf, defaultCollation } =
    createCountedCalls(db)

  return {
    async listPresences(scope) {
      const { rows } = await sql<AgentPresence>`
        select agents.status, users.extension as extension
          from agents join users on users.id = agents.user_id
          where users.disabled = 0 and ${inScope('agents', scope)}`.execute(db.query)
      return rows
    },

    async countByCampaign(scope, span) {
      const agentsInScope = inScope('agents', scope)
      const isAnswered = isAnsweredBy(sql`select agents.user_id from agents where ${agentsInScope}`)
      const { rows } = await sql<{
        campaign: number | null
        outcome: CallOutcome | null
        calls: number
        answered: number
        talked: number
      }>`
        select agent_calls.campaign_id as campaign, ${outcome} as outcome,
            count(*) as calls, ${sumOf(oneIf(isAnswered))} as answered, ${sumOf(talkSecondsIf(isAnswered))} as talked
          from ${callsOf(agentsInScope, span)}
          group by agent_calls.campaign_id, ${outcome}
          order by agent_calls.campaign_id, ${outcome}`.execute(db.query)
      return rows.map(({ campaign, ...row }) => ({
        ...row,
        campaignId: campaign === null ? null : String(campaign),
      }))
    },

    async countForAgent(agent, span) {
      const user = rowId(agent.userId ?? '') ?? 0
      const isAgent = sql<SqlBool>`agents.id = ${rowId(agent.id) ?? 0}`
      /** A call to a trunk, a call that the API placed for the agent, or an internal call from the agent's extension. */
      const isOutgoing = sql`(calls.direction = 'outgoing' or exists (
        select 1 from placed_calls where placed_calls.id = calls.id ${defaultCollation} and placed_calls.user_id = ${user})
        or exists (
        select 1 from call_parties where call_parties.call_id = calls.id and call_parties.user_id = ${user}
          and call_parties.extension = calls.from_number ${defaultCollation}))`
      const isMissed = sql<SqlBool>`(calls.id is not null and ${outcome} not in ('answered', 'unknown')
        and not coalesce(${isOutgoing}, false))`
      const isAnswered = isAnsweredBy(sql`${user}`)
      const { rows } = await sql<{ calls: number; answered: number; missed: number; talked: number }>`
        select count(*) as calls, ${sumOf(oneIf(isAnswered))} as answered,
            ${sumOf(oneIf(isMissed))} as missed, ${sumOf(talkSecondsIf(isAnswered))} as talked
          from ${callsOf(isAgent, span)}`.execute(db.query)
      return rows[0] ?? { calls: 0, answered: 0, missed: 0, talked: 0 }
    },
  }
}
