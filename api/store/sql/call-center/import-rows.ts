import type { Selectable } from 'kysely'
import { ImportOptions, type LeadImport } from '../../../core/call-center/leads/lead-import.ts'
import type { LeadImportsTable } from '../tables-call-center.ts'

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
