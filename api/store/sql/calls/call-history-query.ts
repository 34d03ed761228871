import { type Expression, expressionBuilder, type SqlBool, sql } from 'kysely'
import type { HistoryCursor, HistoryFilter, HistoryScope } from '../../../core/calls/call-history.ts'
import type { NumberPrefix } from '../../../core/dial-policy/number-variants.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import type { Tables } from '../tables.ts'

/** @returns the ids of one page, newest first; an index finds the cursor, so every page costs the same */
export async function findPageIds(
  db: Database,
  filter: HistoryFilter,
  after: HistoryCursor | undefined,
  limit: number,
): Promise<string[]> {
  const sortColumns = sortColumnsOf(filter)
  const rows = await matchingCalls(db, filter)
    .select([sortColumns.time.as('at'), sortColumns.id.as('key')])
    .$if(after !== undefined, (query) =>
      query.where(
        sql<SqlBool>`(${sortColumns.time}, ${sortColumns.id}) < (${after?.startedAt}, ${after?.id})`,
      ),
    )
    .orderBy('at', 'desc')
    .orderBy('key', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => row.key)
}

export async function countCalls(db: Database, filter: HistoryFilter): Promise<number> {
  const { found } = await db.query
    .selectFrom(matchingCalls(db, filter).select('calls.id').as('call'))
    .select((of) => of.fn.countAll<number>().as('found'))
    .executeTakeFirstOrThrow()
  return found
}

/** Whether the call is within the scope. */
export async function isInScope(db: Database, id: string, scope: HistoryScope): Promise<boolean> {
  const row = await matchingCalls(db, scope).select('calls.id').where('calls.id', '=', id).executeTakeFirst()
  return row !== undefined
}

/** The calls of one user are sorted by the index of parties, all calls by their own index. */
function sortColumnsOf({ userId }: HistoryFilter) {
  return userId === undefined
    ? { time: sql<number>`calls.started_at`, id: sql<string>`calls.id` }
    : { time: sql<number>`call_parties.started_at`, id: sql<string>`call_parties.call_id` }
}

function matchingCalls(db: Database, filter: HistoryFilter) {
  const { userId } = filter
  return db.query
    .selectFrom('calls')
    .$if(userId !== undefined, (query) =>
      query
        .innerJoin('call_parties', 'call_parties.call_id', 'calls.id')
        .where('call_parties.user_id', '=', rowId(userId ?? '') ?? 0)
        // A user with two extensions may be in a call twice.
        .distinct(),
    )
    .where(conditions(filter))
}

function conditions(filter: HistoryFilter): Expression<SqlBool> {
  const is = expressionBuilder<Tables, 'calls'>()
  const { time } = sortColumnsOf(filter)
  const all: Expression<SqlBool>[] = []
  if (filter.team !== undefined) all.push(hasPartyInTeam(filter.team))
  if (filter.from !== undefined) all.push(sql`${time} >= ${filter.from}`)
  if (filter.until !== undefined) all.push(sql`${time} < ${filter.until}`)
  if (filter.direction !== undefined) all.push(is('calls.direction', '=', filter.direction))
  if (filter.outcome !== undefined) all.push(is('calls.outcome', '=', filter.outcome))
  if (filter.numbers !== undefined) {
    const sides = ['calls.from_number', 'calls.to_number'] as const
    all.push(is.or(filter.numbers.flatMap((one) => sides.map((side) => beginsWith(side, one)))))
  }
  return is.and(all)
}

/** Filters calls by the teams of their parties. */
function hasPartyInTeam(team: string): Expression<SqlBool> {
  const is = expressionBuilder<Tables, 'calls'>()
  return is.exists(
    is
      .selectFrom('call_parties as member')
      .innerJoin('agents', 'agents.user_id', 'member.user_id')
      .select(sql`1`.as('one'))
      .whereRef('member.call_id', '=', 'calls.id')
      .where('agents.team', '=', team),
  )
}

/** A range of the index, which ends at the last Unicode code point. */
function beginsWith(
  column: 'calls.from_number' | 'calls.to_number',
  { prefix, minLength }: NumberPrefix,
): Expression<SqlBool> {
  const is = expressionBuilder<Tables, 'calls'>()
  return is.and([
    is(column, '>=', prefix),
    is(column, '<', `${prefix}\u{10ffff}`),
    ...(minLength === 0 ? [] : [sql<SqlBool>`length(${sql.ref(column)}) >= ${minLength}`]),
  ])
}
