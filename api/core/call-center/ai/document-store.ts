import type { DocumentBodies, DocumentKind } from './document-bodies.ts'

/** A document at one of its versions. Times are unix seconds. */
export interface VersionedDocument<Kind extends DocumentKind> {
  key: string
  body: DocumentBodies[Kind]
  /** 1, 2, 3 …; being deleted counts as one, and whoever makes it again goes on from there. */
  version: number
  createdAt: number
  updatedAt: number
}

/** The version that has to be there for a change: this one, any, none at all; undefined where it does not matter. */
export type ExpectedVersion = number | 'some' | 'none' | undefined

/** Who changes what, and which version they read, where they say so. */
export interface WriteContext {
  changedBy: string
  now: number
  version: ExpectedVersion
}

/** Documents with every version they ever had. */
export interface DocumentStore {
  /** @param version an older one; one that was a deletion is not there */
  find<Kind extends DocumentKind>(
    kind: Kind,
    key: string,
    version?: number,
  ): Promise<VersionedDocument<Kind> | undefined>
  findAll<Kind extends DocumentKind>(kind: Kind, keys: readonly string[]): Promise<VersionedDocument<Kind>[]>
  /** Those with a name, by it. */
  listByName<Kind extends DocumentKind>(
    kind: Kind,
    page: { afterName: string | undefined; limit: number },
  ): Promise<VersionedDocument<Kind>[]>
  count(kind: DocumentKind): Promise<number>
  /**
   * Makes it or changes it.
   * @param write `name` is one that no other of the kind has; `mayMake` false where it has to be there
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
