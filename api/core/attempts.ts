/**
 * Slows guessing down, for each account and for each address, over all processes. Only failures count: an attempt
 * under way holds one of the failures that are left, and gives it back unless it fails.
 */
export interface Attempts {
  /**
   * Whether the account or the address has failed too often, before anything waits or works for it.
   * @throws {Refusal} `throttled`
   */
  check(account: string, address: string): Promise<void>
  /**
   * Reserves one attempt. Where those under way hold all failures that are left, it waits for one of them to end,
   * so that no burst of guesses gets more than the limit checked.
   * @throws {Refusal} `throttled`, `unavailable` where the wait takes too long
   */
  reserve(account: string, address: string): Promise<Attempt>
}

/**
 * How an attempt ended. `wrong` counts for both, `right` makes the account start afresh, and `void` is one that
 * checked nothing.
 */
export type Outcome = 'right' | 'wrong' | 'void'

export interface Attempt {
  /** Never throws: a count that cannot be written is no reason to fail a login. */
  end(outcome: Outcome): Promise<void>
}
