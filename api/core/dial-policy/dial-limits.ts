/** Limits a user's calls over all nodes, so that a stolen token or a faulty script cannot run up costs. */
export interface DialLimits {
  /**
   * Counts one attempt before it is made.
   * @throws {Refusal} `throttled` with `retryAfter`; `unavailable` when the counters cannot be read
   */
  acquire(userId: string, callId: string, quotas: DialQuotas): Promise<void>
  /** The call has ended, or never began: it no longer counts among the concurrent ones. */
  release(userId: string, callId: string): Promise<void>
  /** Renews live calls; a call that is not renewed for a minute no longer counts. Call it every 15 s or so. */
  heartbeat(calls: readonly { userId: string; callId: string }[]): Promise<void>
}

export interface DialQuotas {
  perMinute: number
  perDay: number
  concurrent: number
}

/** Stores the call of each Idempotency-Key (draft-ietf-httpapi-idempotency-key-header) for a day. */
export interface IdempotencyKeys {
  /**
   * @param fingerprint of the request's body: the same key with another body is an error
   * @returns the call id of this key: `callId` when the key is new, else the earlier one
   * @throws {Refusal} `key_reused`, `unavailable`
   */
  claim(userId: string, key: string, fingerprint: string, callId: string): Promise<string>
  /** No call was placed: the key may be used again. */
  release(userId: string, key: string, callId: string): Promise<void>
}
