import { type Expression, PostgresAdapter, type RawBuilder, type SqlBool, sql } from 'kysely'
import type { TimeRange } from '../../../core/call-center/stats/call-stats-store.ts'
import type { CallOutcome } from '../../../core/calls/call.ts'
import type { Database } from '../database.ts'

/** A call may start this long after its request: so both are found by an index on time, however long the history is. */
const MAX_START_DIFFERENCE_S = 3_600

type Agents = Expression<SqlBool> | RawBuilder<SqlBool>

/** Parts of statements that count calls by the rules of `CallStatsStore`. */
export function createCountedCalls(db: Database) {
  // The history's ids have the collation "C", those of agent calls and placed calls the default one. PostgreSQL
  // compares the two only with an explicit collation.
  const isPostgres = db.query.getExecutor().adapter instanceof PostgresAdapter
  const [byteCollation, defaultCollation] = isPostgres
    ? [sql`collate "C"`, sql`collate "default"`]
    : [sql``, sql``]

  /** `theirs`, the ids of calls, joined with their records and agent calls; then those that began in the range. */
  const joined = (theirs: RawBuilder<unknown>, { from, until }: TimeRange) => sql`
    (${theirs}) as theirs
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

  return {
    defaultCollation,
    outcome,
    /** Each call of these agents once. They are found by two indexes on time: of agent calls, and of the history's parties. */
    callsOf: (agents: Agents, range: TimeRange) =>
      joined(
        sql`select agent_calls.call_id ${byteCollation} as id from agent_calls
          where agent_calls.created_at >= ${range.from} and agent_calls.created_at < ${range.until}
            and agent_calls.agent_id in (select agents.id from agents where ${agents})
        union
        select call_parties.call_id as id from call_parties
          where call_parties.started_at >= ${range.from} and call_parties.started_at < ${range.until}
            and call_parties.user_id in (select agents.user_id from agents where ${agents})`,
        range,
      ),
    /** Each call of these agents once for each of them; `theirs.agent` is the agent's id. */
    callsOfEach: (agents: Agents, range: TimeRange) =>
      joined(
        sql`select agent_calls.call_id ${byteCollation} as id, agent_calls.agent_id as agent from agent_calls
          where agent_calls.created_at >= ${range.from} and agent_calls.created_at < ${range.until}
            and agent_calls.agent_id in (select agents.id from agents where ${agents})
        union
        select call_parties.call_id as id, agents.id as agent from call_parties
          join agents on agents.user_id = call_parties.user_id
          where call_parties.started_at >= ${range.from} and call_parties.started_at < ${range.until}
            and ${agents}`,
        range,
      ),
    /** The answer rule of `CallStatsStore`. */
    isAnsweredBy: (users: RawBuilder<unknown>) => sql<SqlBool>`(${outcome} = 'answered' and coalesce((
      select max(call_parties.answered) from call_parties
        where call_parties.call_id = calls.id and call_parties.user_id in (${users})), 1) = 1)`,
    oneIf: (counts: RawBuilder<SqlBool>) => sql`case when ${counts} then 1 else 0 end`,
    talkSecondsIf: (isAnswered: RawBuilder<SqlBool>) =>
      sql`case when ${isAnswered} then coalesce(calls.billable, 0) else 0 end`,
    sumOf: (of: RawBuilder<unknown>) => sql<number>`cast(coalesce(sum(${of}), 0) as bigint)`,
  }
}
