import { type Selectable, sql } from 'kysely'
import { createEventLoopYield } from '../../../../runtime/event-loop-yield.ts'
import type { PlanItem } from '../../../core/account-imports/import-plan.ts'
import type {
  AccountImport,
  AccountImportStore,
  ItemOutcome,
  StoredItem,
} from '../../../core/account-imports/import-store.ts'
import { QUARANTINE_S } from '../../../core/provisioning/extensions.ts'
import { Refusal } from '../../../core/refusal.ts'
import { requireActingAdmin } from '../auth/acting-admin.ts'
import { rowId } from '../bind.ts'
import { chunks } from '../chunks.ts'
import type { Database } from '../database.ts'
import type { AccountImportItemsTable, AccountImportsTable } from '../tables-account-imports.ts'
import { createAccounts, insertValues } from './create-accounts.ts'
import { readAccounts } from './read-accounts.ts'

const MAX_IMPORTS = 100
/** Rows of one statement. */
const CHUNK = 150

/**
 * @param now unix seconds
 * @param quarantine of an extension, in seconds
 */
export function createAccountImportStore(
  db: Database,
  now: () => number,
  quarantine: number = QUARANTINE_S,
): AccountImportStore {
  const items = (id: string, action: StoredItem['action'] | undefined) => {
    const all = db.query.selectFrom('account_import_items').where('import_id', '=', rowId(id) ?? 0)
    return action === undefined ? all : all.where('action', '=', action)
  }

  return {
    readAccounts: () => readAccounts(db, now() - quarantine),

    add: (plan, planned) =>
      db.transaction(async (trx) => {
        const row = await trx
          .insertInto('account_imports')
          .values({
            source: plan.source,
            is_scheduled: plan.isScheduled ? 1 : 0,
            state: plan.state,
            options_json: JSON.stringify(plan.options),
            counts_json: JSON.stringify(plan.counts),
            new_disabled: plan.newDisabled,
            line_errors_json: JSON.stringify(plan.lineErrors),
            is_mass_disable: plan.isMassDisable ? 1 : 0,
            accounts_digest: plan.accountsDigest,
            total: plan.total,
            actor_id: plan.actorId,
            created_at: plan.createdAt,
            updated_at: plan.createdAt,
            error: null,
          })
          .returningAll()
          .executeTakeFirstOrThrow()
        const pause = createEventLoopYield()
        for (const some of chunks([...planned.entries()], CHUNK)) {
          await trx
            .insertInto('account_import_items')
            .values(
              some.map(([position, item]) => ({
                import_id: row.id,
                position,
                action: item.action,
                item_json: JSON.stringify(item),
              })),
            )
            .execute()
          await pause()
        }
        await trx
          .deleteFrom('account_imports')
          .where('id', 'not in', (of) =>
            of.selectFrom('account_imports').select('id').orderBy('id', 'desc').limit(MAX_IMPORTS),
          )
          .execute()
        return toImport(row)
      }),

    async find(id) {
      const row = await db.query
        .selectFrom('account_imports')
        .selectAll()
        .where('id', '=', rowId(id) ?? 0)
        .executeTakeFirst()
      return row && toImport(row)
    },

    async findLast(filter) {
      let query = db.query.selectFrom('account_imports').selectAll().orderBy('id', 'desc').limit(1)
      if (filter !== undefined) query = query.where('is_scheduled', '=', filter.isScheduled ? 1 : 0)
      const row = await query.executeTakeFirst()
      return row && toImport(row)
    },

    async listItems(id, { action }, { after = -1, limit }) {
      const rows = await items(id, action)
        .selectAll()
        .where('position', '>', after)
        .orderBy('position')
        .limit(limit)
        .execute()
      return rows.map(toItem)
    },

    async countItems(id, { action }) {
      const row = await items(id, action)
        .select((of) => of.fn.countAll<number>().as('count'))
        .executeTakeFirstOrThrow()
      return row.count
    },

    async claim(id, at) {
      const row = await db.query
        .updateTable('account_imports')
        .set({ state: 'running', updated_at: at })
        .where('id', '=', rowId(id) ?? 0)
        .where('state', '=', 'planned')
        .returning('id')
        .executeTakeFirst()
      return row !== undefined
    },

    recordResults: (id, results, at) =>
      db.transaction(async (trx) => {
        const key = rowId(id) ?? 0
        const set = (outcome: ItemOutcome, detail: string | null, positions: readonly number[]) =>
          trx
            .updateTable('account_import_items')
            .set({ outcome, detail })
            .where('import_id', '=', key)
            .where('position', 'in', positions)
            .execute()
        const done = results.filter(({ outcome }) => outcome === 'done').map(({ position }) => position)
        if (done.length > 0) await set('done', null, done)
        for (const { position, outcome, detail } of results)
          if (outcome === 'failed') await set(outcome, detail, [position])
        const failed = results.filter(({ outcome }) => outcome === 'failed').length
        await trx
          .updateTable('account_imports')
          .set((row) => ({
            done: row('done', '+', results.length - failed),
            failed: row('failed', '+', failed),
            updated_at: at,
          }))
          .where('id', '=', key)
          .execute()
      }),

    async finish(id, { state, error }, at) {
      await db.query
        .updateTable('account_imports')
        .set({ state, error, updated_at: at })
        .where('id', '=', rowId(id) ?? 0)
        .execute()
    },

    createAccounts: (source, planned, options) =>
      createAccounts(db, source, planned, options, { now: now(), quarantine }),

    link: (userId, { source, sourceId, revision }, { actorId } = {}) =>
      db.transaction(async (trx) => {
        await requireActingAdmin(trx, actorId, userId)
        const row = await trx
          .updateTable('users')
          .set({ source, source_id: sourceId, revision: sql<number>`revision + 1` })
          .where('id', '=', rowId(userId) ?? 0)
          .where('revision', '=', revision)
          .where('source', 'is', null)
          .returning('id')
          .executeTakeFirst()
        if (row === undefined)
          throw new Refusal('stale', { detail: 'the user has changed since it was read' })
      }),

    recordValues: (userId, values) => insertValues(db.query, userId, values),
  }
}

/** The JSON of a row is what `add` has written. */
const toImport = (row: Selectable<AccountImportsTable>): AccountImport => ({
  id: String(row.id),
  source: row.source,
  isScheduled: row.is_scheduled === 1,
  state: row.state,
  options: JSON.parse(row.options_json),
  counts: JSON.parse(row.counts_json),
  newDisabled: row.new_disabled,
  lineErrors: JSON.parse(row.line_errors_json),
  isMassDisable: row.is_mass_disable === 1,
  accountsDigest: row.accounts_digest,
  total: row.total,
  done: row.done,
  failed: row.failed,
  error: row.error,
  actorId: row.actor_id,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})

const toItem = (row: Selectable<AccountImportItemsTable>): StoredItem => ({
  ...(JSON.parse(row.item_json) as PlanItem), // as `add` has written it
  position: row.position,
  outcome: row.outcome,
  detail: row.detail,
})
