import type { Transaction } from 'kysely'
import { createEventLoopYield } from '../../../../runtime/event-loop-yield.ts'
import type { Lead } from '../../../core/call-center/leads/lead.ts'
import type { BatchLeads, ImportIssue, LeadImportStore } from '../../../core/call-center/leads/lead-import.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import type { Tables } from '../tables.ts'
import { addToDoNotCall } from './do-not-call.ts'
import { type RecordedChange, storeImportChanges } from './import-changes.ts'
import { claimAbandonedImport, toImport } from './import-rows.ts'
import { changeLead } from './lead-changes.ts'
import { toLead, toNewLeadRow } from './lead-rows.ts'
import { inScope } from './scope.ts'

export function createLeadImportStore(db: Database): LeadImportStore {
  return {
    add: ({ agentId, options, total }, parts, now) =>
      db.transaction(async (trx) => {
        const row = await trx
          .insertInto('lead_imports')
          .values({
            agent_id: rowId(agentId) ?? 0,
            state: 'running',
            order_json: JSON.stringify(options),
            total,
            done: 0,
            added: 0,
            updated: 0,
            skipped: 0,
            refused: 0,
            undo_state: options.dryRun ? 'none' : 'possible',
            removed: 0,
            restored: 0,
            left_alone: 0,
            created_at: now,
            updated_at: now,
          })
          .returningAll()
          .executeTakeFirstOrThrow()
        const pause = createEventLoopYield()
        for (const [part, content] of parts.entries()) {
          await trx.insertInto('lead_import_parts').values({ import_id: row.id, part, content }).execute()
          await pause()
        }
        return toImport(row)
      }),

    async find(id, agentId) {
      const row = await db.query
        .selectFrom('lead_imports')
        .selectAll()
        .where('id', '=', rowId(id) ?? 0)
        .$if(agentId !== undefined, (query) => query.where('agent_id', '=', rowId(agentId ?? '') ?? 0))
        .executeTakeFirst()
      return row && toImport(row)
    },

    async list(agentId, { before, limit }) {
      const rows = await db.query
        .selectFrom('lead_imports')
        .selectAll()
        .$if(agentId !== undefined, (query) => query.where('agent_id', '=', rowId(agentId ?? '') ?? 0))
        .$if(before !== undefined, (query) => query.where('id', '<', rowId(before ?? '') ?? 0))
        .orderBy('id', 'desc')
        .limit(limit)
        .execute()
      return rows.map(toImport)
    },

    async count(agentId) {
      const { found } = await db.query
        .selectFrom('lead_imports')
        .select((of) => of.fn.countAll<number>().as('found'))
        .$if(agentId !== undefined, (query) => query.where('agent_id', '=', rowId(agentId ?? '') ?? 0))
        .executeTakeFirstOrThrow()
      return found
    },

    async countRunning(agentId) {
      const { found } = await db.query
        .selectFrom('lead_imports')
        .select((of) => of.fn.countAll<number>().as('found'))
        .where('state', '=', 'running')
        .where('agent_id', '=', rowId(agentId) ?? 0)
        .executeTakeFirstOrThrow()
      return found
    },

    async findReport(id, limit) {
      const columns = ['line', 'column_name as column', 'reason'] as const
      const { query } = db
      const errors = query.selectFrom('lead_import_faults').select(columns).orderBy('line')
      const warnings = query.selectFrom('lead_import_odd_cells').select(columns).orderBy('place')
      const key = rowId(id) ?? 0
      return {
        errors: await errors.where('import_id', '=', key).limit(limit).execute(),
        warnings: await warnings.where('import_id', '=', key).limit(limit).execute(),
      }
    },

    claimAbandoned: (before, now) => claimAbandonedImport(db, 'state', before, now),

    async *readChunks(id) {
      for (let part = 0; ; part += 1) {
        const row = await db.query
          .selectFrom('lead_import_parts')
          .select('content')
          .where('import_id', '=', rowId(id) ?? 0)
          .where('part', '=', part)
          .executeTakeFirst()
        if (row === undefined) return
        yield row.content
      }
    },

    runBatch: ({ id, processed }, work, { maxReported, now }) =>
      db.transaction(async (trx) => {
        const key = rowId(id) ?? 0
        const locked = await trx
          .updateTable('lead_imports')
          .set({ updated_at: now })
          .where('id', '=', key)
          .where('done', '=', processed)
          .where('state', '=', 'running')
          .returning('refused')
          .executeTakeFirst()
        if (locked === undefined) return undefined
        const changes: RecordedChange[] = []
        const { rows, added, updated, skipped, errors, warnings } = await work(batchLeads(trx, changes, now))
        await storeImportChanges(trx, key, changes)
        const reported = errors.slice(0, Math.max(0, maxReported - locked.refused))
        if (reported.length > 0) {
          await trx
            .insertInto('lead_import_faults')
            .values(
              reported.map(({ line, column, reason }) => ({
                import_id: key,
                line,
                column_name: column,
                reason,
              })),
            )
            .execute()
        }
        if (warnings.length > 0) await insertWarnings(trx, key, warnings, maxReported)
        const row = await trx
          .updateTable('lead_imports')
          .set((of) => ({
            done: of('done', '+', rows),
            added: of('added', '+', added),
            updated: of('updated', '+', updated),
            skipped: of('skipped', '+', skipped),
            refused: of('refused', '+', errors.length),
          }))
          .where('id', '=', key)
          .returningAll()
          .executeTakeFirstOrThrow()
        return toImport(row)
      }),

    finish: (id, state, now) =>
      db.transaction(async (trx) => {
        const key = rowId(id) ?? 0
        await trx
          .updateTable('lead_imports')
          .set({ state, updated_at: now })
          .where('id', '=', key)
          .where('state', '=', 'running')
          .execute()
        await trx.deleteFrom('lead_import_parts').where('import_id', '=', key).execute()
      }),
  }
}

async function insertWarnings(
  trx: Transaction<Tables>,
  key: number,
  warnings: readonly ImportIssue[],
  max: number,
) {
  const { stored } = await trx
    .selectFrom('lead_import_odd_cells')
    .select((of) => of.fn.countAll<number>().as('stored'))
    .where('import_id', '=', key)
    .executeTakeFirstOrThrow()
  const reported = warnings.slice(0, Math.max(0, max - stored))
  if (reported.length === 0) return
  await trx
    .insertInto('lead_import_odd_cells')
    .values(
      reported.map(({ line, column, reason }, at) => ({
        ...{ import_id: key, place: stored + at, line, column_name: column, reason },
      })),
    )
    .execute()
}

/** @param recorded gets each change */
const batchLeads = (trx: Transaction<Tables>, recorded: RecordedChange[], now: number): BatchLeads => ({
  async findByNumber(numbers, scope) {
    if (numbers.length === 0) return []
    const rows = await trx
      .selectFrom('leads')
      .selectAll()
      .where('number', 'in', numbers)
      .where(inScope('leads', scope))
      .orderBy('id')
      .execute()
    return rows.map(toLead)
  },

  async add(leads) {
    if (leads.length === 0) return []
    await addToDoNotCall(
      trx,
      leads.flatMap(({ doNotCall }) => doNotCall ?? []),
      now,
    )
    const rows = await trx
      .insertInto('leads')
      .values(leads.map(({ lead }) => toNewLeadRow(lead, now)))
      .returningAll()
      .execute()
    const made = rows.map(toLead)
    for (const after of made) recorded.push({ before: null, after })
    return made
  },

  async change(id, scope, decide) {
    let before: Lead | null = null
    const remember = (lead: Lead) => {
      before = lead
      return decide(lead)
    }
    const after = await changeLead(trx, id, scope, remember, now)
    recorded.push({ before, after })
    return after
  },
})
