import type { Selectable, Transaction } from 'kysely'
import type { RevocationRecord, RevocationStore } from '../../../core/auth/revocations.ts'
import { rowId } from '../bind.ts'
import { chunks } from '../chunks.ts'
import type { Database } from '../database.ts'
import type { RevocationsTable, Tables } from '../tables.ts'

/**
 * On PostgreSQL a lower id may become visible after a higher one. `listUnexpired` can miss such an entry between pages;
 * `unpublished` cannot, since it does not page.
 */
export function createRevocationStore(db: Database): RevocationStore {
  return {
    async unpublished(limit) {
      const rows = await db.query
        .selectFrom('revocations')
        .selectAll()
        // A literal: a planner does not match a parameter with the partial index.
        .where((is) => is('announced', '=', is.lit(0)))
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map(toRecord)
    },

    async markPublished(ids, logPosition) {
      const [ms, seq] = parseLogPosition(logPosition)
      await db.transaction(async (trx) => {
        for (const some of chunks(ids.map(Number), 1000)) {
          await trx.updateTable('revocations').set({ announced: 1 }).where('id', 'in', some).execute()
        }
        await trx
          .updateTable('log_state')
          .set({ stream_ms: ms, stream_seq: seq })
          .where((is) =>
            is.or([is('stream_ms', '<', ms), is.and([is('stream_ms', '=', ms), is('stream_seq', '<', seq)])]),
          )
          .execute()
      })
    },

    async listUnexpired(nowS, { afterId = '0', limit }) {
      const rows = await db.query
        .selectFrom('revocations')
        .selectAll()
        .where('until_s', '>=', nowS)
        .where('id', '>', rowId(afterId) ?? 0)
        .orderBy('id')
        .limit(limit)
        .execute()
      return rows.map(toRecord)
    },

    async purge(nowS) {
      await db.query.deleteFrom('revocations').where('until_s', '<', nowS).execute()
    },

    async streamState() {
      const row = await db.query.selectFrom('log_state').selectAll().executeTakeFirst()
      if (!row || row.epoch === null) return undefined
      return { epoch: row.epoch, cutoff: row.cutoff, logPosition: `${row.stream_ms}-${row.stream_seq}` }
    },

    async saveStreamState({ epoch, cutoff, logPosition }) {
      const [ms, seq] = parseLogPosition(logPosition)
      await db.query.updateTable('log_state').set({ epoch, cutoff, stream_ms: ms, stream_seq: seq }).execute()
    },
  }
}

/** Inserts an entry in the transaction of the change that it revokes. */
export async function insertRevocation(
  trx: Transaction<Tables>,
  entry: Omit<RevocationRecord, 'id'>,
): Promise<RevocationRecord> {
  const { id } = await trx
    .insertInto('revocations')
    .values({
      kind: entry.kind,
      key: entry.key,
      generation: entry.generation,
      until_s: entry.until,
      announced: 0,
    })
    .returning('id')
    .executeTakeFirstOrThrow()
  return { id: String(id), ...entry }
}

function toRecord(row: Selectable<RevocationsTable>): RevocationRecord {
  return {
    id: String(row.id),
    kind: row.kind,
    key: row.key,
    generation: row.generation,
    until: row.until_s,
  }
}

function parseLogPosition(logPosition: string): [ms: number, seq: number] {
  const [, ms, seq] = /^(\d{1,15})-(\d{1,15})$/.exec(logPosition) ?? []
  if (!ms || !seq) throw new TypeError('a stream id is <ms>-<seq>')
  return [Number(ms), Number(seq)]
}
