import { type Expression, type ExpressionBuilder, expressionBuilder, type SqlBool, sql } from 'kysely'
import type { Scope } from '../../../core/call-center/agents/scope.ts'
import type { LeadFilter, LeadOrder } from '../../../core/call-center/leads/lead-search.ts'
import { normalizeName } from '../../../core/values/account-names.ts'
import { foldCase } from '../../../core/values/fold-case.ts'
import { isStorable, rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import type { Tables } from '../tables.ts'
import { inScope } from './scope.ts'

type Condition = Expression<SqlBool>
type Indexed = 'number' | 'first_folded' | 'last_folded' | 'company_folded'

/** Sorting so many leads is faster than finding a page of them by walking the index of the order. */
const FEW_ROWS = 2_000

export const leadExpression = (): ExpressionBuilder<Tables, 'leads'> => expressionBuilder<Tables, 'leads'>()

/** The team's leads and the agent's own outside it, each found by one index. No lead is in both; often the second is empty. */
export async function scopeParts(db: Database, scope: Scope): Promise<[Condition, Condition?]> {
  if (scope.sees !== 'team') return [inScope('leads', scope)]
  const of = leadExpression()
  const ownOutsideTeam = of.and([
    of('agent_id', '=', rowId(scope.agentId) ?? 0),
    of.or([of('team', 'is', null), of('team', '!=', scope.team)]),
  ])
  const team = of('team', '=', scope.team)
  return (await countUpTo(db, 1, ownOutsideTeam)) === 0 ? [team] : [team, ownOutsideTeam]
}

export async function countUpTo(db: Database, max: number, condition: Condition): Promise<number> {
  const { rows } = await db.query
    .selectFrom(db.query.selectFrom('leads').select(sql`1`.as('one')).where(condition).limit(max).as('some'))
    .select((of) => of.fn.countAll<number>().as('rows'))
    .executeTakeFirstOrThrow()
  return rows
}

/** Conditions of which any must hold and each has an index, if together they match few leads. */
export async function findSelective(
  db: Database,
  scope: Scope,
  filter: LeadFilter,
  order: LeadOrder,
): Promise<readonly Condition[] | undefined> {
  for (const conditions of [...singleConditions(filter, order), ...compoundConditions(scope, filter)]) {
    let found = 0
    for (const condition of conditions) {
      found += await countUpTo(db, FEW_ROWS, condition)
      if (found >= FEW_ROWS) break
    }
    if (found < FEW_ROWS) return conditions
  }
  return undefined
}

/** Pairs of conditions that have a common index. */
function compoundConditions(scope: Scope, { agentId, campaignId, team }: LeadFilter): Condition[][] {
  const of = leadExpression()
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
  id === null ? leadExpression()('agent_id', 'is', null) : leadExpression()('agent_id', '=', rowId(id) ?? 0)

function singleConditions(filter: LeadFilter, { by }: LeadOrder): Condition[][] {
  const of = leadExpression()
  const { email, numbers, namePrefix, statuses, createdFrom, createdUntil } = filter
  const within = [
    ...(createdFrom === undefined ? [] : [of('created_at', '>=', createdFrom)]),
    ...(createdUntil === undefined ? [] : [of('created_at', '<', createdUntil)]),
  ]
  return [
    ...(email === undefined ? [] : [[of('email_folded', '=', normalizeName(email))]]),
    ...(numbers === undefined ? [] : [numbers.map(({ prefix }) => prefixRange('number', prefix))]),
    ...(namePrefix === undefined
      ? []
      : [
          (['first_folded', 'last_folded', 'company_folded'] as const).map((column) =>
            prefixRange(column, foldCase(namePrefix)),
          ),
        ]),
    ...(statuses === undefined ? [] : [statuses.map((status) => of('status', '=', status))]),
    // If the order is by creation, the walk of the order's index covers this range anyway.
    ...(within.length === 0 || by === 'createdAt' ? [] : [[of.and(within)]]),
  ]
}

/** Leads that match any of the conditions. The limit, which is never reached, prevents that an engine takes another index. */
export function selectByIndex(db: Database, conditions: readonly Condition[]) {
  const part = (condition: Condition) =>
    db.query
      .selectFrom(db.query.selectFrom('leads').selectAll().where(condition).limit(FEW_ROWS).as('leads'))
      .selectAll()
  const [first, ...more] = conditions.map(part)
  if (first === undefined) throw new TypeError('no condition')
  return db.query.selectFrom(more.reduce((all, one) => all.union(one), first).as('leads')).selectAll('leads')
}

/** False for a filter with text that no stored text can equal. */
export const isSearchable = ({ team, email, namePrefix }: LeadFilter): boolean =>
  [team, email, namePrefix].every((text) => isStorable(text ?? ''))

/**
 * The filter, written so that SQLite uses no other index than the order's. PostgreSQL optimizes these expressions away
 * and chooses by its statistics.
 */
export const filterConditions = (filter: LeadFilter): Condition[] =>
  conditionsOf(filter, {
    status: unindexed('status'),
    email: unindexed('email_folded'),
    startsWith,
  })

/** The filter, so that each engine uses the index that it chooses: for counting, where there is no order. */
export const indexedConditions = (filter: LeadFilter): Condition[] =>
  conditionsOf(filter, {
    status: sql.ref('status'),
    email: sql.ref('email_folded'),
    startsWith: prefixRange,
  })

function conditionsOf(
  filter: LeadFilter,
  as: {
    status: Expression<unknown>
    email: Expression<unknown>
    startsWith(column: Indexed, start: string): Condition
  },
): Condition[] {
  const of = leadExpression()
  const all: Condition[] = []
  if (filter.statuses !== undefined) all.push(sql`${as.status} in (${sql.join(filter.statuses)})`)
  if (filter.agentId !== undefined) all.push(ofAgent(filter.agentId))
  if (filter.campaignId !== undefined) all.push(of('campaign_id', '=', rowId(filter.campaignId) ?? 0))
  if (filter.team !== undefined) all.push(of('team', '=', filter.team))
  if (filter.numbers !== undefined) {
    all.push(
      of.or(
        filter.numbers.map(({ prefix, minLength }) =>
          of.and([as.startsWith('number', prefix), sql<SqlBool>`length(number) >= ${minLength}`]),
        ),
      ),
    )
  }
  if (filter.email !== undefined) all.push(sql`${as.email} = ${normalizeName(filter.email)}`)
  if (filter.namePrefix !== undefined) {
    const start = foldCase(filter.namePrefix)
    const columns = ['first_folded', 'last_folded', 'company_folded'] as const
    all.push(of.or(columns.map((column) => as.startsWith(column, start))))
  }
  if (filter.createdFrom !== undefined) all.push(of('created_at', '>=', filter.createdFrom))
  if (filter.createdUntil !== undefined) all.push(of('created_at', '<', filter.createdUntil))
  return all
}

/** A prefix match as one range of an index; the highest code point ends the range. */
const prefixRange = (column: Indexed, start: string): Condition =>
  leadExpression().and([
    leadExpression()(column, '>=', start),
    leadExpression()(column, '<', `${start}\u{10ffff}`),
  ])

/** The same without an index: see `filterConditions`. */
const startsWith = (column: Indexed, start: string): Condition =>
  sql`(${unindexed(column)} >= ${start} and ${unindexed(column)} < ${`${start}\u{10ffff}`})`

const unindexed = (column: Indexed | 'status' | 'email_folded') =>
  sql`(case when 1 = 1 then ${sql.ref(column)} end)`
