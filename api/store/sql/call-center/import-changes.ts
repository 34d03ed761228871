import { sql, type Transaction } from 'kysely'
import { LeadBefore } from '../../../core/call-center/leads/import-undo.ts'
import type { Lead } from '../../../core/call-center/leads/lead.ts'
import { rowId } from '../bind.ts'
import { chunks } from '../chunks.ts'
import type { Tables } from '../tables.ts'

/** A change of a lead by an import; `before` null: the import made it. */
export interface RecordedChange {
  before: Lead | null
  after: Lead
}

/** Versions begin with 1, so a lead with this one is never restored. */
const CHANGED_BETWEEN = 0
const ROWS_PER_STATEMENT = 500

/** Stores the changes of a batch, in their order, so that the import can be undone. */
export async function storeImportChanges(
  trx: Transaction<Tables>,
  importId: number,
  changes: readonly RecordedChange[],
): Promise<void> {
  const ids = changes.map(({ after }) => rowId(after.id) ?? 0)
  const known = await findStoredVersions(trx, importId, ids)
  const rows = new Map<number, { before: Lead | null; version: number }>()
  for (const { before, after } of changes) {
    const id = rowId(after.id) ?? 0
    const earlier = rows.get(id)
    const stored = earlier?.version ?? known.get(id)
    const wasChangedBetween = stored !== undefined && stored !== before?.version
    rows.set(id, {
      before: earlier === undefined ? before : earlier.before,
      version: wasChangedBetween ? CHANGED_BETWEEN : after.version,
    })
  }
  for (const part of chunks([...rows], ROWS_PER_STATEMENT)) {
    await trx
      .insertInto('lead_import_changes')
      .values(
        part.map(([lead_id, { before, version }]) => ({
          import_id: importId,
          lead_id,
          version,
          before_json: before && JSON.stringify(LeadBefore.parse(before)),
          left_reason: null,
        })),
      )
      // The state before the first change of the import stays.
      .onConflict((conflict) =>
        conflict.columns(['import_id', 'lead_id']).doUpdateSet({ version: sql`excluded.version` }),
      )
      .execute()
  }
}

async function findStoredVersions(
  trx: Transaction<Tables>,
  importId: number,
  ids: readonly number[],
): Promise<Map<number, number>> {
  const versions = new Map<number, number>()
  for (const part of chunks(ids, ROWS_PER_STATEMENT)) {
    const rows = await trx
      .selectFrom('lead_import_changes')
      .select(['lead_id', 'version'])
      .where('import_id', '=', importId)
      .where('lead_id', 'in', part)
      .execute()
    for (const { lead_id, version } of rows) versions.set(lead_id, version)
  }
  return versions
}
