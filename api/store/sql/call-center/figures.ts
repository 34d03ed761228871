import { type RawBuilder, sql } from 'kysely'
import type { FigureRow, FigureSearch, FigureStore } from '../../../core/call-center/stats/figure-store.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { isCampaignVisible } from './campaign-rows.ts'
import { createCountedCalls } from './counted-calls.ts'
import { inScope } from './scope.ts'

export function createFigureStore(db: Database): FigureStore {
  const { callsOf, callsOfEach, outcome, isAnsweredBy, oneIf, talkSecondsIf, sumOf } = createCountedCalls(db)
  const startedAt = sql`coalesce(calls.started_at, agent_calls.created_at)`

  /** By span: its index, or its offset. The numbers are ours, so they need no parameters. */
  const bySpan = (spans: FigureSearch['spans'], ofSpan: (n: number) => number) =>
    spans.length === 0
      ? sql`0`
      : sql`case ${sql.join(
          spans.map(({ until }, n) => sql`when ${startedAt} < ${number(until)} then ${number(ofSpan(n))}`),
          sql` `,
        )} else 0 end`

  return {
    async count(scope, { range, spans, slotSeconds, group, id }) {
      const inTheirScope = inScope('agents', scope)
      const isAgent = sql`agents.id = theirs.agent`
      const groupId = { agent: sql`theirs.agent`, campaign: sql`agent_calls.campaign_id`, none: sql`0` }[
        group
      ]
      const counted = group === 'agent' ? callsOfEach(inTheirScope, range) : callsOf(inTheirScope, range)
      const isAnswered = isAnsweredBy(
        sql`select agents.user_id from agents where ${group === 'agent' ? isAgent : inTheirScope}`,
      )
      const isUnanswered = sql<boolean>`(${outcome} not in ('answered', 'unknown'))`
      const slot = sql`cast((${startedAt} + ${bySpan(spans, (n) => spans[n]?.offset ?? 0)}) / ${number(slotSeconds)} as bigint)`
      const only = id === undefined ? sql`` : sql`and ${groupId} = ${rowId(id) ?? 0}`
      const { rows } = await sql<Row>`
        select span, slot, group_id, count(*) as calls, ${sumOf(sql`answered`)} as answered,
            ${sumOf(sql`unanswered`)} as unanswered, ${sumOf(sql`talked`)} as talked
          from (select ${bySpan(spans, (n) => n)} as span, ${slot} as slot, ${groupId} as group_id,
              ${oneIf(isAnswered)} as answered, ${oneIf(isUnanswered)} as unanswered,
              ${talkSecondsIf(isAnswered)} as talked
            from ${counted} ${only}) as counted
          group by span, slot, group_id`.execute(db.query)
      return rows.map((row) => toFigureRow(row, group))
    },

    async listNames(scope, group) {
      const rows =
        group === 'agent'
          ? await db.query
              .selectFrom('agents')
              .select(['agents.id', 'agents.name'])
              .where('agents.user_id', 'is not', null)
              .where(inScope('agents', scope))
              .execute()
          : await db.query
              .selectFrom('campaigns')
              .select(['id', 'name'])
              .where((is) => isCampaignVisible(is, scope))
              .execute()
      return new Map(rows.map(({ id, name }) => [String(id), name]))
    },
  }
}

type Row = Omit<FigureRow, 'groupId'> & { group_id: number | null }

const toFigureRow = ({ group_id, ...row }: Row, group: FigureSearch['group']): FigureRow => ({
  span: Number(row.span),
  slot: Number(row.slot),
  calls: Number(row.calls),
  answered: Number(row.answered),
  unanswered: Number(row.unanswered),
  talked: Number(row.talked),
  groupId: group === 'none' || group_id === null ? null : String(group_id),
})

/** A whole number as a part of the statement: the engine then knows its type. */
function number(value: number): RawBuilder<number> {
  if (!Number.isSafeInteger(value)) throw new TypeError('must be a whole number')
  return sql.raw(String(value))
}
