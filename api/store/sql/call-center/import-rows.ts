import type { Selectable } from 'kysely'
import { ImportOptions, type LeadImport } from '../../../core/call-center/leads/lead-import.ts'
import type { Database } from '../database.ts'
import type { LeadImportsTable } from '../tables-leads.ts'

export const toImport = (row: Selectable<LeadImportsTable>): LeadImport => ({
  id: String(row.id),
  agentId: String(row.agent_id),
  state: row.state,
  options: ImportOptions.parse(JSON.parse(row.order_json)),
  total: row.total,
  processed: row.done,
  added: row.added,
  updated: row.updated,
  skipped: row.skipped,
  rejected: row.refused,
  undo: { state: row.undo_state, removed: row.removed, restored: row.restored, left: row.left_alone },
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})

/** Claims an import, or its undo, that its process has left. @param before unix seconds of its last progress */
export async function claimAbandonedImport(
  db: Database,
  state: 'state' | 'undo_state',
  before: number,
  now: number,
): Promise<LeadImport | undefined> {
  const row = await db.query
    .updateTable('lead_imports')
    .set({ updated_at: now })
    .where('id', '=', (of) =>
      of
        .selectFrom('lead_imports')
        .select('id')
        .where(state, '=', 'running')
        .where('updated_at', '<', before)
        .orderBy('updated_at')
        .limit(1),
    )
    // Two processes may find the same import; the second sees the update of the first and claims nothing.
    .where('updated_at', '<', before)
    .returningAll()
    .executeTakeFirst()
  return row && toImport(row)
}
