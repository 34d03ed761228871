import type { DocumentBodies, DocumentKind } from './document-bodies.ts'

/** One version of a document. Times are unix seconds. */
export interface VersionedDocument<Kind extends DocumentKind> {
  key: string
  body: DocumentBodies[Kind]
  /** 1, 2, 3 …; a deletion counts as a version, and a document created again continues the count. */
  version: number
  createdAt: number
  updatedAt: number
}

/** Precondition of a write: this version, `some` version, or `none`; undefined skips the check. */
export type ExpectedVersion = number | 'some' | 'none' | undefined

/** Who writes, when, and on which condition. */
export interface WriteContext {
  changedBy: string
  now: number
  version: ExpectedVersion
}

/** When a version was written and by which user; null for a version without a user. */
export interface VersionRecord {
  version: number
  changedAt: number
  changedBy: string | null
  isDeletion: boolean
}

/** Documents with their whole version history. */
export interface DocumentStore {
  /**
   * @param version the latest if omitted
   * @returns undefined also if that version is a deletion
   */
  find<Kind extends DocumentKind>(
    kind: Kind,
    key: string,
    version?: number,
  ): Promise<VersionedDocument<Kind> | undefined>
  findAll<Kind extends DocumentKind>(kind: Kind, keys: readonly string[]): Promise<VersionedDocument<Kind>[]>
  /** Documents with a name, sorted by name. */
  listByName<Kind extends DocumentKind>(
    kind: Kind,
    page: { afterName: string | undefined; limit: number },
  ): Promise<VersionedDocument<Kind>[]>
  count(kind: DocumentKind): Promise<number>
  /** Versions of a document, the newest first, also of one that was deleted. */
  listVersions(
    kind: DocumentKind,
    key: string,
    page: { before?: number | undefined; limit: number },
  ): Promise<VersionRecord[]>
  countVersions(kind: DocumentKind, key: string): Promise<number>
  /**
   * Creates or changes a document.
   * @param write `name` is unique within the kind; without `createIfMissing` the document must exist
   * @throws {Refusal} `stale`, `not_found`, `taken` for the name
   */
  put<Kind extends DocumentKind>(
    kind: Kind,
    key: string,
    write: WriteContext & { body: DocumentBodies[Kind]; name?: string; createIfMissing: boolean },
  ): Promise<{ document: VersionedDocument<Kind>; isNew: boolean }>
  /** @throws {Refusal} `stale`, `not_found` */
  remove(kind: DocumentKind, key: string, context: WriteContext): Promise<void>
}
