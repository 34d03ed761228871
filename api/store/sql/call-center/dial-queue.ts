import { type SqlBool, sql } from 'kysely'
import type { AttemptResult, DialQueue } from '../../../core/call-center/campaigns/dial-queue.ts'
import { type LeadChanges, leadChangesAfter } from '../../../core/call-center/campaigns/lead-changes.ts'
import type { DialState, LeadStatus } from '../../../core/call-center/leads/lead.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { ATTEMPT_COLUMNS, toDialAttempt } from './dial-attempt-rows.ts'
import { createDialClaims } from './dial-queue-claims.ts'
import { toCallbackColumns } from './lead-rows.ts'

export function createDialQueue(db: Database): DialQueue {
  return {
    ...createDialClaims(db),

    async inProgress() {
      const rows = await db.query
        .selectFrom('leads')
        .select(ATTEMPT_COLUMNS)
        .where('dial_state', '=', 'dialling')
        .orderBy('dialling_since')
        .orderBy('id')
        .execute()
      return rows.map(toDialAttempt)
    },

    async releaseAgent({ leadId, callId }) {
      await db.query
        .updateTable('leads')
        .set((lead) => ({ dialling_agent_id: null, last_agent_id: lead.ref('dialling_agent_id') }))
        .where('id', '=', rowId(leadId) ?? 0)
        .where('dial_state', '=', 'dialling')
        .where('dialling_call_id', '=', callId)
        .where('dialling_agent_id', 'is not', null)
        .execute()
    },

    async complete({ leadId, callId }, { outcome, isAttempt, nextState, status, nextTryAt, now }) {
      const row = await db.query
        .updateTable('leads')
        .set((lead) => ({
          ...(status === undefined
            ? queueColumns({ outcome, nextState, nextTryAt, now })
            : { dial_state: nextState, next_try_at: nextTryAt, ...toCallbackColumns(null) }),
          result_state: null,
          result_try_at: null,
          attempts: lead('attempts', '+', isAttempt ? 1 : 0),
          dialling_agent_id: null,
          dialling_call_id: null,
          dialling_since: null,
          dialling_from: null,
          updated_at: now,
        }))
        .$if(outcome !== null, (query) =>
          query.set((lead) => ({
            last_outcome: outcome,
            last_call_at: lead.ref('dialling_since'),
            last_agent_id: callingAgentId,
          })),
        )
        .$if(status !== undefined, (query) => query.set({ status }))
        .set(toColumns(leadChangesAfter(outcome)))
        .where('id', '=', rowId(leadId) ?? 0)
        .where('dial_state', '=', 'dialling')
        .where('dialling_call_id', '=', callId)
        .returning('id')
        .executeTakeFirst()
      return row !== undefined
    },
  }
}

/**
 * The lead's place in the queue after a call. Only columns of the lead decide, so that a result that is stored at this
 * moment is not lost.
 */
function queueColumns({
  outcome,
  nextState,
  nextTryAt,
  now,
}: Pick<AttemptResult, 'outcome' | 'nextState' | 'nextTryAt' | 'now'>) {
  const isAhead = sql<SqlBool>`(callback_at > ${now} and campaign_id is not null)`
  const endsCallback = outcome === 'answered' || nextState === 'done' ? sql`1 = 1` : sql`1 = 0`
  const isCallbackOver = sql<SqlBool>`(callback_at <= ${now} and (
    result_state = 'done' or (result_state is null and ${endsCallback})))`
  const unlessOver = <T>(column: string) =>
    sql<T | null>`case when ${isCallbackOver} then null else ${sql.ref(column)} end`
  return {
    dial_state: sql<DialState>`case when ${isAhead} then 'waiting' else coalesce(result_state, ${nextState}) end`,
    next_try_at: sql<number>`case when ${isAhead} then callback_at
      else coalesce(result_try_at, cast(${nextTryAt} as bigint)) end`,
    callback_at: unlessOver<number>('callback_at'),
    callback_time_zone: unlessOver<string>('callback_time_zone'),
    callback_agent_id: unlessOver<number>('callback_agent_id'),
    callback_is_own: unlessOver<number>('callback_is_own'),
    callback_attempts: unlessOver<number>('callback_attempts'),
  }
}

/** The agent who is in the call, or has transferred it. */
const callingAgentId = sql<number>`coalesce(dialling_agent_id, last_agent_id)`
const callingAgentTeam = sql<
  string | null
>`(select agents.team from agents where agents.id = ${callingAgentId})`

/** The SET expressions of one statement all read the row as it was before. */
function toColumns({ statuses, assignsUnownedOf }: LeadChanges) {
  const steps = Object.entries(statuses).map(([from, to]) => sql`when status = ${from} then ${to}`)
  const teams = { none: sql<SqlBool>`team is null`, own: sql<SqlBool>`team = ${callingAgentTeam}` }
  const isAssigned = sql`(agent_id is null and (${sql.join(
    assignsUnownedOf.map((team) => teams[team]),
    sql` or `,
  )}))`
  return {
    ...(steps.length === 0
      ? {}
      : { status: sql<LeadStatus>`case ${sql.join(steps, sql` `)} else status end` }),
    ...(assignsUnownedOf.length === 0
      ? {}
      : {
          agent_id: sql<number | null>`case when ${isAssigned} then ${callingAgentId} else agent_id end`,
          team: sql<string | null>`case when ${isAssigned} then ${callingAgentTeam} else team end`,
        }),
  }
}
