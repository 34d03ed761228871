import type { BulkResult, LeadBulkStore } from '../../../core/call-center/leads/lead-bulk.ts'
import { Refusal } from '../../../core/refusal.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { changeLeadIf } from './lead-changes.ts'
import { countLeads, listLeadIds } from './lead-count.ts'
import { inScope } from './scope.ts'

export function createLeadBulkStore(db: Database): LeadBulkStore {
  return {
    count: (scope, filter, max) => countLeads(db, scope, filter, max),

    async countIds(scope, ids) {
      const { found } = await db.query
        .selectFrom('leads')
        .select((of) => of.fn.countAll<number>().as('found'))
        .where(
          'id',
          'in',
          ids.map((id) => rowId(id) ?? 0),
        )
        .where(inScope('leads', scope))
        .executeTakeFirstOrThrow()
      return found
    },

    async newestId() {
      const row = await db.query
        .selectFrom('leads')
        .select('id')
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst()
      return String(row?.id ?? 0)
    },

    listIds: (scope, filter, range, limit) => listLeadIds(db, scope, filter, range, limit),

    changeMany: (ids, scope, decide, now) =>
      db.transaction(async (trx) => {
        const result: BulkResult = { changed: 0, unchanged: 0, refused: [] }
        // In one order, so that two changes at once do not wait for each other.
        for (const id of [...new Set(ids)].sort((a, b) => Number(a) - Number(b))) {
          try {
            const isChanged = await changeLeadIf(trx, id, scope, decide, now)
            if (isChanged) result.changed += 1
            else result.unchanged += 1
          } catch (err) {
            if (!(err instanceof Refusal) || err.code === 'unavailable') throw err
            // Deleted or reassigned meanwhile, or never in the scope.
            if (err.code !== 'not_found') result.refused.push({ id, reason: err.detail ?? err.code })
          }
        }
        return result
      }),
  }
}
