/**
 * A revocation as SQL keeps it. SQL is the durable truth; the Redis log only spreads it, and is
 * rebuilt from here when it is lost.
 */
export interface RevocationRecord {
  /** Rises with each entry; decimal string. */
  id: string
  kind: 'sid' | 'jti' | 'user'
  /** The session id, the token id, or the user id. */
  key: string
  /** For `user`: tokens of a lower generation are refused. 0 for the others. */
  generation: number
  /** Unix seconds after which no token it concerns can be alive. */
  until: number
}

export interface RevocationStore {
  /** Entries that the Redis log has not acknowledged yet, oldest first. */
  unpublished(limit: number): Promise<RevocationRecord[]>
  /** Marks entries as acknowledged and keeps the highest Redis stream id (`<ms>-<seq>`) seen so far. */
  markPublished(ids: readonly string[], streamId: string): Promise<void>
  /** Entries still needed at `nowS`, by id, a page at a time. */
  listUnexpired(nowS: number, page: { afterId?: string; limit: number }): Promise<RevocationRecord[]>
  /** Forgets entries nobody can need any more. */
  purge(nowS: number): Promise<void>
  /** What was last known of the Redis log, undefined before its first epoch. */
  streamState(): Promise<RevocationStreamState | undefined>
  saveStreamState(state: RevocationStreamState): Promise<void>
}

/** `cutoff`: tokens with an `iat` before it (unix seconds) are refused. `streamId`: the last acknowledged one. */
export interface RevocationStreamState {
  epoch: string
  cutoff: number
  streamId: string
}

/** Spreads revocations to every process. */
export interface RevocationPublisher {
  /**
   * Resolves once the log holds the entry, from when on every process refuses within its bound.
   * @throws {Refusal} `unavailable`; the entry stays in the ledger and is announced as soon as may be
   */
  publish(entry: RevocationRecord): Promise<void>
}

/** What was written into the ledger and is not announced yet, as when an earlier try failed half-way. */
export interface PendingRevocations {
  /**
   * Resolves once the log holds all of it.
   * @throws {Refusal} `unavailable`
   */
  publishPending(): Promise<void>
}
