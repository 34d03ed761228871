/** Counts a user's calls over all APIs, so that a stolen token or a wild script cannot run up a bill. */
export interface DialLimits {
  /**
   * Counts one attempt before it is made.
   * @throws {Refusal} `throttled` with `retryAfter`; `unavailable` when the counts cannot be had
   */
  acquire(userId: string, callId: string, quotas: DialQuotas): Promise<void>
  /** The call is over, or never came to be: it no longer counts among the concurrent ones. */
  release(userId: string, callId: string): Promise<void>
  /** Calls that still live; one that nobody names for a minute is taken for over. Call it every 15 s or so. */
  heartbeat(calls: readonly { userId: string; callId: string }[]): Promise<void>
}

export interface DialQuotas {
  perMinute: number
  perDay: number
  concurrent: number
}

/** Remembers what an Idempotency-Key (draft-ietf-httpapi-idempotency-key-header) stood for, for a day. */
export interface IdempotencyKeys {
  /**
   * @param fingerprint of the request's body: the same key with another body is a fault
   * @returns the call id that stands for this key: `callId` when it is new, else the one of before
   * @throws {Refusal} `key_reused`, `unavailable`
   */
  claim(userId: string, key: string, fingerprint: string, callId: string): Promise<string>
  /** Nothing was dialled: the key may be used again. */
  release(userId: string, key: string, callId: string): Promise<void>
}
