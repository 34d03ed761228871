/** A revocation as SQL stores it. SQL is the durable truth; the Redis stream distributes it, and is rebuilt from SQL when lost. */
export interface RevocationRecord {
  /** Rises with each entry; decimal string. */
  id: string
  kind: 'sid' | 'jti' | 'user'
  /** The session id, the token id, or the user id. */
  key: string
  /** For `user`: tokens of a lower generation are refused. 0 for the others. */
  generation: number
  /** Unix seconds: every token that it concerns has expired by then. */
  until: number
}

export interface RevocationStore {
  /** Entries that are not in the Redis stream yet, oldest first. */
  unpublished(limit: number): Promise<RevocationRecord[]>
  /** Marks entries as published and stores the highest Redis stream id (`<ms>-<seq>`) so far. */
  markPublished(ids: readonly string[], logPosition: string): Promise<void>
  /** Entries that have not expired at `nowS`, by id, a page at a time. */
  listUnexpired(nowS: number, page: { afterId?: string; limit: number }): Promise<RevocationRecord[]>
  /** Deletes expired entries. */
  purge(nowS: number): Promise<void>
  /** The last known state of the Redis stream; undefined before its first epoch. */
  streamState(): Promise<RevocationStreamState | undefined>
  saveStreamState(state: RevocationStreamState): Promise<void>
}

/** `cutoff`: tokens with an `iat` before it (unix seconds) are refused. `logPosition`: Redis stream id of the last published entry. */
export interface RevocationStreamState {
  epoch: string
  cutoff: number
  logPosition: string
}

/** Distributes revocations to every process. */
export interface RevocationPublisher {
  /**
   * Resolves once the Redis stream holds the entry: every process then refuses its tokens within the maximum staleness.
   * @throws {Refusal} `unavailable`; the entry stays in SQL and is published by a later attempt
   */
  publish(entry: RevocationRecord): Promise<void>
}

/** Entries that SQL holds but the Redis stream does not, because publishing them failed. */
export interface PendingRevocations {
  /**
   * Resolves once the Redis stream holds all of them.
   * @throws {Refusal} `unavailable`
   */
  publishPending(): Promise<void>
}
