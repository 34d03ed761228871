import type { DocumentKind } from '../../../../../api/core/call-center/ai/document-bodies.ts'
import type {
  DocumentStore,
  VersionedDocument,
  VersionRecord,
  WriteContext,
} from '../../../../../api/core/call-center/ai/document-store.ts'

/** Documents in memory, with the newest content alone: the rules of versions are tested with the SQL store. */
export function createMemoryDocumentStore(): DocumentStore {
  const records = new Map<string, VersionRecord[]>()
  const record = (id: string, { changedBy, now: changedAt }: WriteContext, isDeletion: boolean) => {
    const before = records.get(id) ?? []
    records.set(id, [{ version: before.length + 1, changedAt, changedBy, isDeletion }, ...before])
  }
  const rows = new Map<string, VersionedDocument<DocumentKind>>()
  const ofKind = (kind: DocumentKind) =>
    [...rows].flatMap(([id, row]) => (id.startsWith(`${kind} `) ? [row] : []))
  const store: Omit<DocumentStore, 'find' | 'findAll' | 'listByName' | 'put'> & Record<string, unknown> = {
    find: async (kind: DocumentKind, key: string, version?: number) => {
      const row = rows.get(`${kind} ${key}`)
      return version === undefined || row?.version === version ? row : undefined
    },
    findAll: async (kind: DocumentKind, keys: readonly string[]) =>
      ofKind(kind).filter(({ key }) => keys.includes(key)),
    listByName: async (kind: DocumentKind) => ofKind(kind),
    count: async (kind) => ofKind(kind).length,
    listVersions: async (kind, key, { before = Number.POSITIVE_INFINITY, limit }) =>
      (records.get(`${kind} ${key}`) ?? []).filter(({ version }) => version < before).slice(0, limit),
    countVersions: async (kind, key) => records.get(`${kind} ${key}`)?.length ?? 0,
    put: async (kind: DocumentKind, key: string, write: WriteContext & { body: never }) => {
      const { body, now } = write
      record(`${kind} ${key}`, write, false)
      const before = rows.get(`${kind} ${key}`)
      const version = (before?.version ?? 0) + 1
      const document = { key, body, version, createdAt: before?.createdAt ?? now, updatedAt: now }
      rows.set(`${kind} ${key}`, document)
      return { document, isNew: before === undefined }
    },
    async remove(kind, key, context) {
      rows.delete(`${kind} ${key}`)
      record(`${kind} ${key}`, context, true)
    },
  }
  return store as unknown as DocumentStore // the generic members return what was stored under their kind
}
