import { type Expression, expressionBuilder, type SqlBool, sql } from 'kysely'
import type {
  HistoryCursor,
  HistoryFilter,
  HistoryScope,
  HistorySearch,
} from '../../../core/calls/call-history.ts'
import { NEVER_MISSED } from '../../../core/calls/missed-calls.ts'
import type { NumberPrefix } from '../../../core/dial-policy/number-variants.ts'
import { isStorable, rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import type { Tables } from '../tables.ts'

/** A part of the order of calls, newest first: after one call, and up to another one, which is included. */
export interface HistoryRange {
  after?: HistoryCursor | undefined
  last?: HistoryCursor | undefined
}

/** @returns the ids of one page, newest first; an index finds the cursor, so every page costs the same */
export async function findPageIds(
  db: Database,
  filter: HistoryFilter,
  range: HistoryRange,
  limit: number,
): Promise<string[]> {
  const { time, id } = sortColumnsOf(filter)
  const rows = await matchingCalls(db, filter)
    .select([time.as('at'), id.as('key')])
    .where(withinRange(filter, range))
    .orderBy('at', 'desc')
    .orderBy('key', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => row.key)
}

export async function countCalls(
  db: Database,
  filter: HistoryFilter,
  range: HistoryRange = {},
): Promise<number> {
  const { found } = await db.query
    .selectFrom(matchingCalls(db, filter).select('calls.id').where(withinRange(filter, range)).as('call'))
    .select((of) => of.fn.countAll<number>().as('found'))
    .executeTakeFirstOrThrow()
  return found
}

/**
 * Finds the call until which a query reads that has no index: by the user and the time alone, in an index.
 * @returns the `count`th call after the cursor; undefined if there are fewer
 */
export async function findCallAt(
  db: Database,
  filter: Pick<HistoryFilter, 'userId' | 'from' | 'until'>,
  after: HistoryCursor | undefined,
  count: number,
): Promise<HistoryCursor | undefined> {
  const { userId } = filter
  const { time, id } = sortColumnsOf(filter)
  const row = await db.query
    .selectFrom(userId === undefined ? 'calls' : 'call_parties')
    .select([time.as('startedAt'), id.as('id')])
    .$if(userId !== undefined, (query) =>
      query.where(sql.ref('call_parties.user_id'), '=', rowId(userId ?? '') ?? 0),
    )
    .where(withinTime(filter))
    .where(withinRange(filter, { after }))
    .orderBy('startedAt', 'desc')
    .orderBy('id', 'desc')
    .offset(count - 1)
    .limit(1)
    .executeTakeFirst()
  return row
}

/** Missed calls of one user that ended after `since`. */
export async function countMissedCalls(
  db: Database,
  userId: string,
  since: number,
  max: number,
): Promise<number> {
  // By the index of parties, which has the start alone.
  const filter = { userId, missedBy: userId, from: since - MAX_RINGING_S }
  const { found } = await db.query
    .selectFrom(
      matchingCalls(db, filter).select('calls.id').where('calls.ended_at', '>', since).limit(max).as('call'),
    )
    .select((of) => of.fn.countAll<number>().as('found'))
    .executeTakeFirstOrThrow()
  return found
}

/** No unanswered call lasts longer. */
const MAX_RINGING_S = 3_600

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

function withinRange(filter: HistoryFilter, { after, last }: HistoryRange): Expression<SqlBool> {
  const is = expressionBuilder<Tables, 'calls'>()
  const { time, id } = sortColumnsOf(filter)
  const all: Expression<SqlBool>[] = []
  if (after !== undefined) all.push(sql`(${time}, ${id}) < (${after.startedAt}, ${after.id})`)
  if (last !== undefined) all.push(sql`(${time}, ${id}) >= (${last.startedAt}, ${last.id})`)
  return is.and(all)
}

function withinTime(filter: HistoryFilter): Expression<SqlBool> {
  const is = expressionBuilder<Tables, 'calls'>()
  const { time } = sortColumnsOf(filter)
  const all: Expression<SqlBool>[] = []
  if (filter.from !== undefined) all.push(sql`${time} >= ${filter.from}`)
  if (filter.until !== undefined) all.push(sql`${time} < ${filter.until}`)
  return is.and(all)
}

function conditions(filter: HistoryFilter): Expression<SqlBool> {
  const is = expressionBuilder<Tables, 'calls'>()
  const all: Expression<SqlBool>[] = [withinTime(filter)]
  if (filter.team !== undefined) all.push(hasPartyInTeam(filter.team))
  if (filter.missedBy !== undefined) all.push(wasMissedBy(filter.missedBy))
  if (filter.search !== undefined) all.push(matchesSearch(filter.search))
  if (filter.direction !== undefined) all.push(is('calls.direction', '=', filter.direction))
  if (filter.outcome !== undefined) all.push(is('calls.outcome', '=', filter.outcome))
  if (filter.numbers !== undefined) {
    all.push(is.or(filter.numbers.flatMap((one) => SIDES.map((side) => beginsWith(side, one)))))
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

/** As `isMissedBy` of the core. */
function wasMissedBy(userId: string): Expression<SqlBool> {
  const user = rowId(userId) ?? 0
  return sql`(calls.outcome not in (${sql.join([...NEVER_MISSED])})
    and exists (select 1 from call_parties as own
      where own.call_id = calls.id and own.user_id = ${user} and own.called = 1)
    and not exists (select 1 from call_parties as other
      where other.call_id = calls.id and other.answered = 1 and (other.called = 1 or other.user_id = ${user})))`
}

function matchesSearch({ words, numbers }: HistorySearch): Expression<SqlBool> {
  const is = expressionBuilder<Tables, 'calls'>()
  const hasAllWords = words
    .filter(isStorable)
    .map((word) => sql<SqlBool>`calls.search_text like ${`%${escapeLike(word)}%`} escape '!'`)
  if (hasAllWords.length < words.length) return sql`1 = 0`
  return is.or([is.and(hasAllWords), ...numbers.flatMap((one) => SIDES.map((side) => beginsWith(side, one)))])
}

const escapeLike = (text: string) => text.replace(/[!%_]/g, '!$&')

const SIDES = ['calls.from_number', 'calls.to_number'] as const

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
