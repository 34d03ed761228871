import { type Expression, type ExpressionBuilder, expressionBuilder, type SqlBool, sql } from 'kysely'
import type { Scope } from '../../../core/call-center/agents/scope.ts'
import type { Lead } from '../../../core/call-center/leads/lead.ts'
import {
  fold,
  type LeadFilter,
  type LeadOrder,
  type LeadPlace,
} from '../../../core/call-center/leads/lead-search.ts'
import { normalName } from '../../../core/values/account-names.ts'
import { rowId, storable } from '../bind.ts'
import type { Database } from '../database.ts'
import type { Tables } from '../tables.ts'
import { toLead } from './lead-rows.ts'
import { inScope } from './scope.ts'

type Condition = Expression<SqlBool>
type Indexed = 'number' | 'first_folded' | 'last_folded' | 'company_folded'

/** So many leads are sorted faster than a page of them is found by walking all. */
const FEW = 2_000

const KEYS = { createdAt: 'created_at', updatedAt: 'updated_at', lastName: 'last_folded' } as const

/**
 * One page. Where a filter leaves few leads, these are taken by its index and sorted; else the order's index is
 * walked until the page is full: neither what is rare nor what is frequent makes it slow, nor how deep it is.
 */
export async function pageOf(
  db: Database,
  scope: Scope,
  filter: LeadFilter,
  order: LeadOrder,
  { after, limit }: { after?: LeadPlace | undefined; limit: number },
): Promise<Lead[]> {
  if (![filter.team, filter.email, filter.named].every((text) => storable(text ?? ''))) return []
  const key = KEYS[order.by]
  const direction = order.descending ? 'desc' : 'asc'
  const few = await fewOf(db, scope, filter, order)
  const from =
    few === undefined ? () => db.query.selectFrom('leads').selectAll('leads') : () => rowsOf(db, few)
  const conditions = [...fitting(filter), ...beyond(order, after)]

  const page = (ofScope: Condition) =>
    db.query
      .selectFrom(
        from()
          .where((is) => is.and([ofScope, ...conditions]))
          .orderBy(key, direction)
          .orderBy('id', direction)
          .limit(limit)
          .as('leads'),
      )
      .selectAll()
  const [first, second] = few === undefined ? await walksOf(db, scope) : [inScope('leads', scope)]
  const rows = await page(first)
    .$if(second !== undefined, (query) => query.unionAll(page(second ?? first)))
    .orderBy(key, direction)
    .orderBy('id', direction)
    .limit(limit)
    .execute()
  return rows.map(toLead)
}

const is = (): ExpressionBuilder<Tables, 'leads'> => expressionBuilder<Tables, 'leads'>()

/** A team's leads and one's own are in two indexes; no lead is in both parts, and mostly none is in the second. */
async function walksOf(db: Database, scope: Scope): Promise<[Condition, Condition?]> {
  if (scope.sees !== 'team') return [inScope('leads', scope)]
  const of = is()
  const elsewhere = of.and([
    of('agent_id', '=', rowId(scope.agentId) ?? 0),
    of.or([of('team', 'is', null), of('team', '!=', scope.team)]),
  ])
  const team = of('team', '=', scope.team)
  return (await countUpTo(db, 1, elsewhere)) === 0 ? [team] : [team, elsewhere]
}

async function countUpTo(db: Database, most: number, condition: Condition): Promise<number> {
  const { rows } = await db.query
    .selectFrom(db.query.selectFrom('leads').select(sql`1`.as('one')).where(condition).limit(most).as('some'))
    .select((of) => of.fn.countAll<number>().as('rows'))
    .executeTakeFirstOrThrow()
  return rows
}

/** Conditions that one index each answers and of which any must hold, where they hold for few leads. */
async function fewOf(
  db: Database,
  scope: Scope,
  filter: LeadFilter,
  order: LeadOrder,
): Promise<readonly Condition[] | undefined> {
  for (const conditions of [...selective(filter, order), ...crossing(scope, filter)]) {
    let found = 0
    for (const condition of conditions) {
      found += await countUpTo(db, FEW, condition)
      if (found >= FEW) break
    }
    if (found < FEW) return conditions
  }
  return undefined
}

/** Two things at once that have an index together. */
function crossing(scope: Scope, { agentId, campaignId, team }: LeadFilter): Condition[][] {
  const of = is()
  const agent = agentId === undefined ? [] : [ofAgent(agentId)]
  const campaign = campaignId === undefined ? [] : [of('campaign_id', '=', rowId(campaignId) ?? 0)]
  const inTeam = team === undefined ? [] : [of('team', '=', team)]
  const inScope =
    scope.sees === 'all'
      ? []
      : [ofAgent(scope.agentId), ...(scope.sees === 'team' ? [of('team', '=', scope.team)] : [])]
  const pairs = [
    [agent, campaign],
    [agent, inTeam],
    [agent, inScope],
    [campaign, inTeam],
    [campaign, inScope],
  ]
  return pairs
    .map(([some = [], others = []]) => some.flatMap((one) => others.map((other) => of.and([one, other]))))
    .filter((conditions) => conditions.length > 0)
}

const ofAgent = (id: string | null): Condition =>
  id === null ? is()('agent_id', 'is', null) : is()('agent_id', '=', rowId(id) ?? 0)

function selective(filter: LeadFilter, { by }: LeadOrder): Condition[][] {
  const of = is()
  const { email, numbers, named, statuses, createdFrom, createdUntil } = filter
  const within = [
    ...(createdFrom === undefined ? [] : [of('created_at', '>=', createdFrom)]),
    ...(createdUntil === undefined ? [] : [of('created_at', '<', createdUntil)]),
  ]
  return [
    ...(email === undefined ? [] : [[of('email_folded', '=', normalName(email))]]),
    ...(numbers === undefined ? [] : [numbers.map(({ start }) => range('number', start))]),
    ...(named === undefined
      ? []
      : [
          (['first_folded', 'last_folded', 'company_folded'] as const).map((column) =>
            range(column, fold(named)),
          ),
        ]),
    ...(statuses === undefined ? [] : [statuses.map((status) => of('status', '=', status))]),
    // By the index of its own order it is walked anyway.
    ...(within.length === 0 || by === 'createdAt' ? [] : [[of.and(within)]]),
  ]
}

/** The leads for which any holds. The limit, which is never reached, keeps engines from taking another index. */
function rowsOf(db: Database, conditions: readonly Condition[]) {
  const part = (condition: Condition) =>
    db.query
      .selectFrom(db.query.selectFrom('leads').selectAll().where(condition).limit(FEW).as('leads'))
      .selectAll()
  const [first, ...more] = conditions.map(part)
  if (first === undefined) throw new TypeError('no condition')
  return db.query.selectFrom(more.reduce((all, one) => all.union(one), first).as('leads')).selectAll('leads')
}

/** In words that keep SQLite from another index than the order's; PostgreSQL sees through them, and has statistics. */
function fitting(filter: LeadFilter): Condition[] {
  const of = is()
  const all: Condition[] = []
  if (filter.statuses !== undefined) all.push(sql`${plain('status')} in (${sql.join(filter.statuses)})`)
  if (filter.agentId !== undefined) all.push(ofAgent(filter.agentId))
  if (filter.campaignId !== undefined) all.push(of('campaign_id', '=', rowId(filter.campaignId) ?? 0))
  if (filter.team !== undefined) all.push(of('team', '=', filter.team))
  if (filter.numbers !== undefined) {
    all.push(
      of.or(
        filter.numbers.map(({ start, atLeast }) =>
          of.and([begins('number', start), sql<SqlBool>`length(number) >= ${atLeast}`]),
        ),
      ),
    )
  }
  if (filter.email !== undefined) all.push(sql`${plain('email_folded')} = ${normalName(filter.email)}`)
  if (filter.named !== undefined) {
    const start = fold(filter.named)
    all.push(
      of.or([begins('first_folded', start), begins('last_folded', start), begins('company_folded', start)]),
    )
  }
  if (filter.createdFrom !== undefined) all.push(of('created_at', '>=', filter.createdFrom))
  if (filter.createdUntil !== undefined) all.push(of('created_at', '<', filter.createdUntil))
  return all
}

/** One range of an index: the last code point of all ends it. */
const range = (column: Indexed, start: string): Condition =>
  is().and([is()(column, '>=', start), is()(column, '<', `${start}\u{10ffff}`)])

/** The same, as in `fitting`. */
const begins = (column: Indexed, start: string): Condition =>
  sql`(${plain(column)} >= ${start} and ${plain(column)} < ${`${start}\u{10ffff}`})`

const plain = (column: Indexed | 'status' | 'email_folded') =>
  sql`(case when 1 = 1 then ${sql.ref(column)} end)`

function beyond({ by, descending }: LeadOrder, after: LeadPlace | undefined): Condition[] {
  if (after === undefined) return []
  const place = sql`(${sql.ref(KEYS[by])}, id)`
  const than = sql`(${after.key}, ${rowId(after.id) ?? 0})`
  return [descending ? sql`${place} < ${than}` : sql`${place} > ${than}`]
}
