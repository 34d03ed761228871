import type { Bodies, DocumentKind } from './document-bodies.ts'

/** A document at one of its versions. Times are unix seconds. */
export interface Kept<Kind extends DocumentKind> {
  key: string
  body: Bodies[Kind]
  /** 1, 2, 3 …; being deleted counts as one, and whoever makes it again goes on from there. */
  version: number
  createdAt: number
  updatedAt: number
}

/** The version that has to be there for a change: this one, any, none at all; undefined where it does not matter. */
export type Expected = number | 'some' | 'none' | undefined

/** Who changes what, and which version they read, where they say so. */
export interface Writing {
  by: string
  now: number
  version: Expected
}

/** Documents with every version they ever had. */
export interface DocumentStore {
  /** @param version an older one; one that was a deletion is not there */
  find<Kind extends DocumentKind>(kind: Kind, key: string, version?: number): Promise<Kept<Kind> | undefined>
  findAll<Kind extends DocumentKind>(kind: Kind, keys: readonly string[]): Promise<Kept<Kind>[]>
  /** Those with a name, by it. */
  listByName<Kind extends DocumentKind>(
    kind: Kind,
    page: { afterName: string | undefined; limit: number },
  ): Promise<Kept<Kind>[]>
  count(kind: DocumentKind): Promise<number>
  /**
   * Makes it or changes it.
   * @param write `name` is one that no other of the kind has; `mayMake` false where it has to be there
   * @throws {Refusal} `stale`, `not_found`, `taken` for the name
   */
  put<Kind extends DocumentKind>(
    kind: Kind,
    key: string,
    write: Writing & { body: Bodies[Kind]; name?: string; mayMake: boolean },
  ): Promise<{ kept: Kept<Kind>; isNew: boolean }>
  /** @throws {Refusal} `stale`, `not_found` */
  remove(kind: DocumentKind, key: string, writing: Writing): Promise<void>
}
