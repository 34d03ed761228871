import type { Scope } from '../../../core/call-center/agents/scope.ts'
import type { LeadFilter } from '../../../core/call-center/leads/lead-search.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { countUpTo, indexedConditions, isSearchable, leadExpression, scopeParts } from './lead-conditions.ts'
import { inScope } from './scope.ts'

/** Counts leads that match, no further than one more than `max`. */
export async function countLeads(
  db: Database,
  scope: Scope,
  filter: LeadFilter,
  max: number,
): Promise<number> {
  if (!isSearchable(filter)) return 0
  const of = leadExpression()
  let found = 0
  for (const ofScope of await scopeParts(db, scope)) {
    if (ofScope !== undefined && found <= max) {
      found += await countUpTo(db, max + 1 - found, of.and([ofScope, ...indexedConditions(filter)]))
    }
  }
  return found
}

/** Ids of leads that match, in their order: after one, and up to another. */
export async function listLeadIds(
  db: Database,
  scope: Scope,
  filter: LeadFilter,
  { after, until }: { after: string; until: string },
  limit: number,
): Promise<string[]> {
  if (!isSearchable(filter)) return []
  const rows = await db.query
    .selectFrom('leads')
    .select('id')
    .where('id', '>', rowId(after) ?? 0)
    .where('id', '<=', rowId(until) ?? 0)
    .where((is) => is.and([inScope('leads', scope), ...indexedConditions(filter)]))
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(({ id }) => String(id))
}
