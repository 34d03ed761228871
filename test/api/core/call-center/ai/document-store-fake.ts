import type { DocumentKind } from '../../../../../api/core/call-center/ai/document-bodies.ts'
import type {
  DocumentStore,
  VersionedDocument,
} from '../../../../../api/core/call-center/ai/document-store.ts'

/** Documents in memory without history: the rules of versions are tested with the SQL store. */
export function createMemoryDocumentStore(): DocumentStore {
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
    put: async (kind: DocumentKind, key: string, { body, now }: { body: never; now: number }) => {
      const before = rows.get(`${kind} ${key}`)
      const version = (before?.version ?? 0) + 1
      const document = { key, body, version, createdAt: before?.createdAt ?? now, updatedAt: now }
      rows.set(`${kind} ${key}`, document)
      return { document, isNew: before === undefined }
    },
    remove: async (kind, key) => void rows.delete(`${kind} ${key}`),
  }
  return store as unknown as DocumentStore // the generic members return what was stored under their kind
}
