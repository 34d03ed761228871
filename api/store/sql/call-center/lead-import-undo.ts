import type { Transaction } from 'kysely'
import {
  type ImportChange,
  LeadBefore,
  type LeftReason,
  type UndoStep,
  type UndoSubject,
} from '../../../core/call-center/leads/import-undo.ts'
import type { LeadImportUndoStore } from '../../../core/call-center/leads/lead-import-undo.ts'
import { fullName } from '../../../core/call-center/leads/lead-name.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import type { Tables } from '../tables.ts'
import { claimAbandonedImport, toImport } from './import-rows.ts'
import { resolveTeamAgain, toLead, toLeadColumns } from './lead-rows.ts'

export function createLeadImportUndoStore(db: Database): Omit<LeadImportUndoStore, 'find'> {
  return {
    async beginUndo(id, now) {
      const row = await db.query
        .updateTable('lead_imports')
        .set({ undo_state: 'running', updated_at: now })
        .where('id', '=', rowId(id) ?? 0)
        .where('undo_state', '=', 'possible')
        .where('state', '!=', 'running')
        .returningAll()
        .executeTakeFirst()
      return row && toImport(row)
    },

    runUndoBatch: (id, limit, decide, now) =>
      db.transaction(async (trx) => {
        const key = rowId(id) ?? 0
        const locked = await trx
          .updateTable('lead_imports')
          .set({ updated_at: now })
          .where('id', '=', key)
          .where('undo_state', '=', 'running')
          .returning('id')
          .executeTakeFirst()
        if (locked === undefined) return undefined
        const changes = await listPending(trx, key, limit)
        const subjects = await lockSubjects(trx, changes)
        const steps = changes.map((change) => ({ change, step: decide(change, subjects.get(change.leadId)) }))
        const done = await applySteps(trx, key, steps, { subjects, now })
        const row = await trx
          .updateTable('lead_imports')
          .set((of) => ({
            removed: of('removed', '+', done.removed),
            restored: of('restored', '+', done.restored),
            left_alone: of('left_alone', '+', done.left),
            undo_state: changes.length < limit ? 'done' : 'running',
          }))
          .where('id', '=', key)
          .returningAll()
          .executeTakeFirstOrThrow()
        return toImport(row)
      }),

    async listLeft(id, limit) {
      const rows = await db.query
        .selectFrom('lead_import_changes')
        .leftJoin('leads', 'leads.id', 'lead_import_changes.lead_id')
        .select([
          'lead_import_changes.lead_id',
          'lead_import_changes.left_reason',
          'leads.first_name',
          'leads.last_name',
        ])
        .where('lead_import_changes.import_id', '=', rowId(id) ?? 0)
        .where('lead_import_changes.left_reason', 'is not', null)
        .orderBy('lead_import_changes.lead_id')
        .limit(limit)
        .execute()
      return rows.map(({ lead_id, left_reason, first_name, last_name }) => ({
        leadId: String(lead_id),
        name: first_name === null ? null : fullName({ firstName: first_name, lastName: last_name ?? '' }),
        reason: left_reason ?? 'changed',
      }))
    },

    claimAbandonedUndo: (before, now) => claimAbandonedImport(db, 'undo_state', before, now),

    async purgeChanges(before, limit) {
      const oldest = await db.query
        .selectFrom('lead_imports')
        .select('id')
        .where('id', '=', (of) =>
          of.selectFrom('lead_import_changes').select((is) => is.fn.min('import_id').as('id')),
        )
        .where('created_at', '<', before)
        .where('undo_state', '!=', 'running')
        .executeTakeFirst()
      if (oldest === undefined) return
      await db.transaction(async (trx) => {
        await trx
          .updateTable('lead_imports')
          .set({ undo_state: 'expired' })
          .where('id', '=', oldest.id)
          .where('undo_state', '=', 'possible')
          .execute()
        await trx
          .deleteFrom('lead_import_changes')
          .where('import_id', '=', oldest.id)
          .where('lead_id', 'in', (of) =>
            of
              .selectFrom('lead_import_changes')
              .select('lead_id')
              .where('import_id', '=', oldest.id)
              .orderBy('lead_id')
              .limit(limit),
          )
          .execute()
      })
    },
  }
}

async function listPending(trx: Transaction<Tables>, key: number, limit: number): Promise<ImportChange[]> {
  const rows = await trx
    .selectFrom('lead_import_changes')
    .select(['lead_id', 'version', 'before_json'])
    .where('import_id', '=', key)
    .where('left_reason', 'is', null)
    .orderBy('lead_id')
    .limit(limit)
    .execute()
  return rows.map(({ lead_id, version, before_json }) => ({
    leadId: String(lead_id),
    version,
    before: before_json === null ? null : LeadBefore.parse(JSON.parse(before_json)),
  }))
}

/** Locks the leads by an update that changes nothing, as `lockLead` does. */
async function lockSubjects(
  trx: Transaction<Tables>,
  changes: readonly ImportChange[],
): Promise<Map<string, UndoSubject>> {
  const ids = changes.map(({ leadId }) => rowId(leadId) ?? 0)
  if (ids.length === 0) return new Map()
  const rows = await trx
    .updateTable('leads')
    .set((lead) => ({ version: lead.ref('version') }))
    .where('id', 'in', ids)
    .returningAll()
    .execute()
  const noted = await trx
    .selectFrom('lead_notes')
    .select('lead_id')
    .distinct()
    .where('lead_id', 'in', ids)
    .execute()
  const called = await trx
    .selectFrom('agent_calls')
    .select('lead_id')
    .distinct()
    .where('lead_id', 'in', ids)
    .execute()
  const notedIds = new Set(noted.map(({ lead_id }) => lead_id))
  const calledIds = new Set(called.map(({ lead_id }) => lead_id))
  return new Map(
    rows.map((row) => [
      String(row.id),
      {
        lead: toLead(row),
        hasNotes: notedIds.has(row.id),
        wasCalled:
          calledIds.has(row.id) ||
          row.attempts > 0 ||
          row.last_call_at !== null ||
          row.last_agent_id !== null,
      },
    ]),
  )
}

/** @returns how many leads were removed, restored, and left */
async function applySteps(
  trx: Transaction<Tables>,
  key: number,
  steps: readonly { change: ImportChange; step: UndoStep }[],
  { subjects, now }: { subjects: ReadonlyMap<string, UndoSubject>; now: number },
) {
  const idsOf = (wanted: UndoStep['step'], reason?: LeftReason) =>
    steps.flatMap(({ change, step }) =>
      step.step === wanted && (step.step !== 'leave' || step.reason === reason)
        ? [rowId(change.leadId) ?? 0]
        : [],
    )
  const removed = idsOf('remove')
  const restored = idsOf('restore')
  if (removed.length > 0) await trx.deleteFrom('leads').where('id', 'in', removed).execute()
  for (const { change, step } of steps) {
    if (step.step !== 'restore') continue
    const { lead } = subjects.get(change.leadId) ?? {}
    if (lead === undefined) continue
    await trx
      .updateTable('leads')
      .set({
        ...toLeadColumns(step.changes),
        team: resolveTeamAgain({ ...lead, ...step.changes }),
        version: lead.version + 1,
        updated_at: now,
      })
      .where('id', '=', rowId(change.leadId) ?? 0)
      .execute()
  }
  const undone = [...removed, ...restored]
  if (undone.length > 0) {
    await trx
      .deleteFrom('lead_import_changes')
      .where('import_id', '=', key)
      .where('lead_id', 'in', undone)
      .execute()
  }
  const reasons = new Set(steps.flatMap(({ step }) => (step.step === 'leave' ? [step.reason] : [])))
  for (const reason of reasons) {
    await trx
      .updateTable('lead_import_changes')
      .set({ left_reason: reason })
      .where('import_id', '=', key)
      .where('lead_id', 'in', idsOf('leave', reason))
      .execute()
  }
  return {
    removed: removed.length,
    restored: restored.length,
    left: steps.length - undone.length,
  }
}
