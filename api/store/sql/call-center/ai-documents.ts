import type { Selectable, Transaction } from 'kysely'
import type { Bodies, DocumentKind } from '../../../core/call-center/ai/document-bodies.ts'
import type { DocumentStore, Expected, Kept, Writing } from '../../../core/call-center/ai/document-store.ts'
import { Refusal } from '../../../core/refusal.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { UniqueViolation } from '../errors.ts'
import type { Tables } from '../tables.ts'
import type { AiDocumentsTable } from '../tables-call-center.ts'

/** How often others may be faster before we say that it does not work. */
const MOST_TRIES = 20

export function createDocumentStore(db: Database): DocumentStore {
  const documents = (kind: DocumentKind) =>
    db.query.selectFrom('ai_documents').selectAll().where('kind', '=', kind)

  async function findVersion<Kind extends DocumentKind>(
    kind: Kind,
    key: string,
    version: number,
  ): Promise<Kept<Kind> | undefined> {
    const row = await db.query
      .selectFrom('ai_versions')
      .selectAll()
      .where('kind', '=', kind)
      .where('key', '=', key)
      .where('version', '=', version)
      .executeTakeFirst()
    if (row === undefined || row.body_json === null) return undefined
    return toKept(kind, { ...row, body_json: row.body_json, updated_at: row.changed_at })
  }

  /** @throws {UniqueViolation} where another made it meanwhile, or has the name */
  const tryPut: DocumentStore['put'] = (kind, key, { body, name = null, mayMake, ...writing }) =>
    db.transaction(async (trx) => {
      const { version: read, now } = writing
      const body_json = JSON.stringify(body)
      const changed = await trx
        .updateTable('ai_documents')
        .set((row) => ({ body_json, name, version: row('version', '+', 1), updated_at: now }))
        .where('kind', '=', kind)
        .where('key', '=', key)
        .$if(!isAny(read), (query) => query.where('version', '=', versionIn(read)))
        .returningAll()
        .executeTakeFirst()
      if (changed !== undefined) {
        await addVersion(trx, changed, writing)
        return { kept: toKept(kind, changed), isNew: false }
      }
      if (!mayMake || (read !== undefined && read !== 'none')) throw await whyNot(trx, kind, key, mayMake)
      if (read === 'none' && (await isThere(trx, kind, key))) throw new Refusal('stale')
      const { last } = await trx
        .selectFrom('ai_versions')
        .select((row) => row.fn.max('version').as('last'))
        .where('kind', '=', kind)
        .where('key', '=', key)
        .executeTakeFirstOrThrow()
      const made = await trx
        .insertInto('ai_documents')
        .values({
          kind,
          key,
          name,
          body_json,
          version: Number(last ?? 0) + 1,
          created_at: now,
          updated_at: now,
        })
        .returningAll()
        .executeTakeFirstOrThrow()
      await addVersion(trx, made, writing)
      return { kept: toKept(kind, made), isNew: true }
    })

  return {
    async find(kind, key, version) {
      if (version !== undefined) return findVersion(kind, key, version)
      const row = await documents(kind).where('key', '=', key).executeTakeFirst()
      return row && toKept(kind, row)
    },

    async findAll(kind, keys) {
      if (keys.length === 0) return []
      const rows = await documents(kind).where('key', 'in', keys).execute()
      return rows.map((row) => toKept(kind, row))
    },

    async listByName(kind, { afterName, limit }) {
      const rows = await documents(kind)
        .where('name', 'is not', null)
        .$if(afterName !== undefined, (query) => query.where('name', '>', afterName ?? ''))
        .orderBy('name')
        .limit(limit)
        .execute()
      return rows.map((row) => toKept(kind, row))
    },

    async count(kind) {
      const { many } = await db.query
        .selectFrom('ai_documents')
        .select((row) => row.fn.countAll().as('many'))
        .where('kind', '=', kind)
        .executeTakeFirstOrThrow()
      return Number(many)
    },

    async put(kind, key, write) {
      for (let tries = 0; tries < MOST_TRIES; tries += 1) {
        try {
          return await tryPut(kind, key, write)
        } catch (err) {
          if (!(err instanceof UniqueViolation)) throw err
          const { name } = write
          const other =
            name === undefined
              ? undefined
              : await documents(kind).where('name', '=', name).where('key', '!=', key).executeTakeFirst()
          if (other !== undefined) {
            throw new Refusal('taken', { detail: 'another has this name', cause: err })
          }
        }
      }
      throw new Refusal('unavailable', { detail: 'too many change it at once', retryAfter: 1 })
    },

    async remove(kind, key, writing) {
      await db.transaction(async (trx) => {
        const { version: read } = writing
        const gone = await trx
          .deleteFrom('ai_documents')
          .where('kind', '=', kind)
          .where('key', '=', key)
          .$if(!isAny(read), (query) => query.where('version', '=', versionIn(read)))
          .returningAll()
          .executeTakeFirst()
        if (gone === undefined) throw await whyNot(trx, kind, key, false)
        await addVersion(trx, { ...gone, version: gone.version + 1, body_json: null }, writing)
      })
    },
  }
}

type Row = Pick<Selectable<AiDocumentsTable>, 'key' | 'body_json' | 'version' | 'created_at' | 'updated_at'>

const toKept = <Kind extends DocumentKind>(_kind: Kind, row: Row): Kept<Kind> => ({
  key: row.key,
  body: JSON.parse(row.body_json) as Bodies[Kind], // nothing else is put under this kind
  version: row.version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})

async function addVersion(
  trx: Transaction<Tables>,
  row: Omit<Selectable<AiDocumentsTable>, 'body_json'> & { body_json: string | null },
  { by, now }: Writing,
): Promise<void> {
  const { kind, key, version, body_json, created_at } = row
  const changed_by = rowId(by) ?? null
  await trx
    .insertInto('ai_versions')
    .values({ kind, key, version, body_json, created_at, changed_by, changed_at: now })
    .execute()
}

const isAny = (read: Expected) => read === undefined || read === 'some'
/** No document has version 0. */
const versionIn = (read: Expected) => (typeof read === 'number' ? read : 0)

/** Nothing fitted: it is another version, or it is not there. */
async function whyNot(
  trx: Transaction<Tables>,
  kind: DocumentKind,
  key: string,
  mayMake: boolean,
): Promise<Refusal> {
  return new Refusal(mayMake || (await isThere(trx, kind, key)) ? 'stale' : 'not_found')
}

async function isThere(trx: Transaction<Tables>, kind: DocumentKind, key: string): Promise<boolean> {
  const row = await trx
    .selectFrom('ai_documents')
    .select('version')
    .where('kind', '=', kind)
    .where('key', '=', key)
    .executeTakeFirst()
  return row !== undefined
}
