import { type Expression, PostgresAdapter, type RawBuilder, type SqlBool, sql } from 'kysely'
import type {
  AgentPresence,
  CallStatsStore,
  TimeRange,
} from '../../../core/call-center/stats/call-stats-store.ts'
import type { CallOutcome } from '../../../core/calls/call.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { inScope } from './scope.ts'

/** A call may start this long after its request: so both are found by an index on time, however long the history is. */
const MAX_START_DIFFERENCE_S = 3_600

type Agents = Expression<SqlBool> | RawBuilder<SqlBool>

/** The calls of an agent are found by two indexes on time: of agent calls, and of the history's parties. */
export function createCallStatsStore(db: Database): CallStatsStore {
  // The history's ids have the collation "C", those of agent calls and placed calls the default one. PostgreSQL
  // compares the two only with an explicit collation.
  const isPostgres = db.query.getExecutor().adapter instanceof PostgresAdapter
  const [byteCollation, defaultCollation] = isPostgres
    ? [sql`collate "C"`, sql`collate "default"`]
    : [sql``, sql``]

  /** Each call of these agents once, joined with its record and its agent call. */
  const calls = (agents: Agents, { from, until }: TimeRange) => sql`
    (select agent_calls.call_id ${byteCollation} as id from agent_calls
      where agent_calls.created_at >= ${from} and agent_calls.created_at < ${until}
        and agent_calls.agent_id in (select agents.id from agents where ${agents})
    union
    select call_parties.call_id as id from call_parties
      where call_parties.started_at >= ${from} and call_parties.started_at < ${until}
        and call_parties.user_id in (select agents.user_id from agents where ${agents})) as theirs
    left join calls on calls.id = theirs.id
      and calls.started_at >= ${from - MAX_START_DIFFERENCE_S} and calls.started_at < ${until + MAX_START_DIFFERENCE_S}
    left join agent_calls on agent_calls.call_id = theirs.id ${defaultCollation}
      and agent_calls.created_at >= ${from - MAX_START_DIFFERENCE_S} and agent_calls.created_at < ${until + MAX_START_DIFFERENCE_S}
    where coalesce(calls.started_at, agent_calls.created_at) >= ${from}
      and coalesce(calls.started_at, agent_calls.created_at) < ${until}`
  /** The outcome rule of `CallStatsStore`. */
  const outcome = sql<CallOutcome | null>`coalesce(
    case when agent_calls.lead_id is not null and calls.outcome = 'answered' then agent_calls.outcome end,
    calls.outcome, agent_calls.outcome,
    (select placed_calls.outcome from placed_calls where placed_calls.id = theirs.id ${defaultCollation}))`
  const sumOf = (of: RawBuilder<unknown>) => sql<number>`cast(coalesce(sum(${of}), 0) as bigint)`
  /** The answer rule of `CallStatsStore`. */
  const isAnsweredBy = (users: RawBuilder<unknown>) => sql<SqlBool>`(${outcome} = 'answered' and coalesce((
    select max(call_parties.answered) from call_parties
      where call_parties.call_id = calls.id and call_parties.user_id in (${users})), 1) = 1)`
  const oneIf = (counts: RawBuilder<SqlBool>) => sql`case when ${counts} then 1 else 0 end`
  const talkSecondsIf = (isAnswered: RawBuilder<SqlBool>) =>
    sql`case when ${isAnswered} then coalesce(calls.billable, 0) else 0 end`

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
          from ${calls(agentsInScope, span)}
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
          from ${calls(isAgent, span)}`.execute(db.query)
      return rows[0] ?? { calls: 0, answered: 0, missed: 0, talked: 0 }
    },
  }
}
