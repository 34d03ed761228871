import type { Selectable, Transaction } from 'kysely'
import { retry } from '../../../../runtime/retry.ts'
import type { DocumentBodies, DocumentKind } from '../../../core/call-center/ai/document-bodies.ts'
import type {
  DocumentStore,
  ExpectedVersion,
  VersionedDocument,
  WriteContext,
} from '../../../core/call-center/ai/document-store.ts'
import { Refusal } from '../../../core/refusal.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { UniqueViolation } from '../errors.ts'
import type { Tables } from '../tables.ts'
import type { AiDocumentsTable } from '../tables-call-center.ts'

/** If other writers insert the document first. */
const MAX_ATTEMPTS = 20

export function createDocumentStore(db: Database): DocumentStore {
  const documents = (kind: DocumentKind) =>
    db.query.selectFrom('ai_documents').selectAll().where('kind', '=', kind)

  async function findVersion<Kind extends DocumentKind>(
    kind: Kind,
    key: string,
    version: number,
  ): Promise<VersionedDocument<Kind> | undefined> {
    const row = await db.query
      .selectFrom('ai_versions')
      .selectAll()
      .where('kind', '=', kind)
      .where('key', '=', key)
      .where('version', '=', version)
      .executeTakeFirst()
    if (row === undefined || row.body_json === null) return undefined
    return toDocument(kind, { ...row, body_json: row.body_json, updated_at: row.changed_at })
  }

  /** @throws {UniqueViolation} if the document was inserted meanwhile, or another document has the name */
  const tryPut: DocumentStore['put'] = (kind, key, { body, name = null, createIfMissing, ...context }) =>
    db.transaction(async (trx) => {
      const { version: expected, now } = context
      const body_json = JSON.stringify(body)
      const changed = await trx
        .updateTable('ai_documents')
        .set((row) => ({ body_json, name, version: row('version', '+', 1), updated_at: now }))
        .where('kind', '=', kind)
        .where('key', '=', key)
        .$if(!acceptsAnyVersion(expected), (query) => query.where('version', '=', requiredVersion(expected)))
        .returningAll()
        .executeTakeFirst()
      if (changed !== undefined) {
        await addVersion(trx, changed, context)
        return { document: toDocument(kind, changed), isNew: false }
      }
      if (!createIfMissing || (expected !== undefined && expected !== 'none'))
        throw await writeConflict(trx, kind, key, createIfMissing)
      if (expected === 'none' && (await exists(trx, kind, key))) throw new Refusal('stale')
      const { last } = await trx
        .selectFrom('ai_versions')
        .select((row) => row.fn.max('version').as('last'))
        .where('kind', '=', kind)
        .where('key', '=', key)
        .executeTakeFirstOrThrow()
      const created = await trx
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
      await addVersion(trx, created, context)
      return { document: toDocument(kind, created), isNew: true }
    })

  async function isNameTaken(kind: DocumentKind, key: string, name: string | null | undefined) {
    if (name === undefined) return false
    const other = await documents(kind).where('name', '=', name).where('key', '!=', key).executeTakeFirst()
    return other !== undefined
  }

  return {
    async find(kind, key, version) {
      if (version !== undefined) return findVersion(kind, key, version)
      const row = await documents(kind).where('key', '=', key).executeTakeFirst()
      return row && toDocument(kind, row)
    },

    async findAll(kind, keys) {
      if (keys.length === 0) return []
      const rows = await documents(kind).where('key', 'in', keys).execute()
      return rows.map((row) => toDocument(kind, row))
    },

    async listByName(kind, { afterName, limit }) {
      const rows = await documents(kind)
        .where('name', 'is not', null)
        .$if(afterName !== undefined, (query) => query.where('name', '>', afterName ?? ''))
        .orderBy('name')
        .limit(limit)
        .execute()
      return rows.map((row) => toDocument(kind, row))
    },

    async count(kind) {
      const { many } = await db.query
        .selectFrom('ai_documents')
        .select((row) => row.fn.countAll().as('many'))
        .where('kind', '=', kind)
        .executeTakeFirstOrThrow()
      return Number(many)
    },

    async listVersions(kind, key, { before, limit }) {
      const rows = await db.query
        .selectFrom('ai_versions')
        .select((row) => [
          'version',
          'changed_at',
          'changed_by',
          row('body_json', 'is', null).as('is_deletion'),
        ])
        .where('kind', '=', kind)
        .where('key', '=', key)
        .$if(before !== undefined, (query) => query.where('version', '<', before ?? 0))
        .orderBy('version', 'desc')
        .limit(limit)
        .execute()
      return rows.map(({ version, changed_at, changed_by, is_deletion }) => ({
        version,
        changedAt: changed_at,
        changedBy: changed_by === null ? null : String(changed_by),
        isDeletion: Boolean(is_deletion),
      }))
    },

    async countVersions(kind, key) {
      const { many } = await db.query
        .selectFrom('ai_versions')
        .select((row) => row.fn.countAll().as('many'))
        .where('kind', '=', kind)
        .where('key', '=', key)
        .executeTakeFirstOrThrow()
      return Number(many)
    },

    put: (kind, key, write) =>
      retry(() => tryPut(kind, key, write), {
        async delayMs(failures, err) {
          if (!(err instanceof UniqueViolation)) return undefined
          if (await isNameTaken(kind, key, write.name)) {
            throw new Refusal('taken', { detail: 'another has this name', cause: err })
          }
          if (failures < MAX_ATTEMPTS) return 0
          throw new Refusal('unavailable', { detail: 'too many change it at once', retryAfter: 1 })
        },
      }),

    async remove(kind, key, context) {
      await db.transaction(async (trx) => {
        const { version: expected } = context
        const deleted = await trx
          .deleteFrom('ai_documents')
          .where('kind', '=', kind)
          .where('key', '=', key)
          .$if(!acceptsAnyVersion(expected), (query) =>
            query.where('version', '=', requiredVersion(expected)),
          )
          .returningAll()
          .executeTakeFirst()
        if (deleted === undefined) throw await writeConflict(trx, kind, key, false)
        await addVersion(trx, { ...deleted, version: deleted.version + 1, body_json: null }, context)
      })
    },
  }
}

type Row = Pick<Selectable<AiDocumentsTable>, 'key' | 'body_json' | 'version' | 'created_at' | 'updated_at'>

const toDocument = <Kind extends DocumentKind>(_kind: Kind, row: Row): VersionedDocument<Kind> => ({
  key: row.key,
  body: JSON.parse(row.body_json) as DocumentBodies[Kind], // `put` stores only bodies of the row's kind
  version: row.version,
  createdAt: row.created_at,
  updatedAt: row.updated_at,
})

async function addVersion(
  trx: Transaction<Tables>,
  row: Omit<Selectable<AiDocumentsTable>, 'body_json'> & { body_json: string | null },
  { changedBy, now }: WriteContext,
): Promise<void> {
  const { kind, key, version, body_json, created_at } = row
  const changed_by = rowId(changedBy) ?? null
  await trx
    .insertInto('ai_versions')
    .values({ kind, key, version, body_json, created_at, changed_by, changed_at: now })
    .execute()
}

const acceptsAnyVersion = (expected: ExpectedVersion) => expected === undefined || expected === 'some'
/** No document has version 0. */
const requiredVersion = (expected: ExpectedVersion) => (typeof expected === 'number' ? expected : 0)

/** Why no row matched: the document has another version, or does not exist. */
async function writeConflict(
  trx: Transaction<Tables>,
  kind: DocumentKind,
  key: string,
  createIfMissing: boolean,
): Promise<Refusal> {
  return new Refusal(createIfMissing || (await exists(trx, kind, key)) ? 'stale' : 'not_found')
}

async function exists(trx: Transaction<Tables>, kind: DocumentKind, key: string): Promise<boolean> {
  const row = await trx
    .selectFrom('ai_documents')
    .select('version')
    .where('kind', '=', kind)
    .where('key', '=', key)
    .executeTakeFirst()
  return row !== undefined
}
