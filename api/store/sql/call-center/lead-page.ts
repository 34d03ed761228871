import { type Expression, type SqlBool, sql } from 'kysely'
import type { Scope } from '../../../core/call-center/agents/scope.ts'
import type { Lead } from '../../../core/call-center/leads/lead.ts'
import type {
  LeadCursor,
  LeadFilter,
  LeadOrder,
  LeadPage,
} from '../../../core/call-center/leads/lead-search.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import {
  filterConditions,
  findSelective,
  isSearchable,
  scopeParts,
  selectByIndex,
} from './lead-conditions.ts'
import { toLead } from './lead-rows.ts'
import { inScope } from './scope.ts'

type Condition = Expression<SqlBool>

const ORDER_COLUMNS = { createdAt: 'created_at', updatedAt: 'updated_at', lastName: 'last_folded' } as const

/**
 * Reads one page of leads. If a filter matches few leads, they are read by the filter's index and sorted; otherwise the
 * order's index is walked until the page is full. So neither rare nor frequent matches nor late pages are slow.
 */
export async function queryLeadPage(
  db: Database,
  scope: Scope,
  filter: LeadFilter,
  order: LeadOrder,
  { after, offset = 0, limit }: LeadPage,
): Promise<Lead[]> {
  if (!isSearchable(filter)) return []
  const key = ORDER_COLUMNS[order.by]
  const direction = order.descending ? 'desc' : 'asc'
  const selectiveConditions = await findSelective(db, scope, filter, order)
  const from =
    selectiveConditions === undefined
      ? () => db.query.selectFrom('leads').selectAll('leads')
      : () => selectByIndex(db, selectiveConditions)
  const conditions = [...filterConditions(filter), ...afterCursor(order, after)]

  const [first, second] =
    selectiveConditions === undefined ? await scopeParts(db, scope) : [inScope('leads', scope)]
  // Of two parts each may have all rows of the page, and all rows before it.
  const inner = second === undefined ? { limit, offset } : { limit: limit + offset, offset: 0 }
  const page = (ofScope: Condition) =>
    db.query
      .selectFrom(
        from()
          .where((is) => is.and([ofScope, ...conditions]))
          .orderBy(key, direction)
          .orderBy('id', direction)
          .limit(inner.limit)
          .offset(inner.offset)
          .as('leads'),
      )
      .selectAll()
  const rows = await page(first)
    .$if(second !== undefined, (query) => query.unionAll(page(second ?? first)))
    .orderBy(key, direction)
    .orderBy('id', direction)
    .limit(limit)
    .offset(offset - inner.offset)
    .execute()
  return rows.map(toLead)
}

function afterCursor({ by, descending }: LeadOrder, after: LeadCursor | undefined): Condition[] {
  if (after === undefined) return []
  const position = sql`(${sql.ref(ORDER_COLUMNS[by])}, id)`
  const cursor = sql`(${after.key}, ${rowId(after.id) ?? 0})`
  return [descending ? sql`${position} < ${cursor}` : sql`${position} > ${cursor}`]
}
