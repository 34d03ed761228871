/**
 * Slows guessing down over all processes. Only failures count: an attempt under way holds one of the failures that are
 * left, and gives it back unless it fails. Three counts, each with a limit of its own:
 * - of an account from one network (an address, or an IPv6 /64), so that a stranger elsewhere does not lock its owner
 *   out;
 * - of an account from all networks, ten times as many, against guesses from many places. A network from which the
 *   account has logged in lately is not held up by it, and its failures do not count there;
 * - of a network over all accounts.
 */
export interface LoginAttempts {
  /**
   * Whether one of the counts has reached its limit, before anything waits or works for the attempt.
   * @throws {Refusal} `throttled`
   */
  check(account: AttemptTarget, address: string): Promise<void>
  /**
   * Reserves one attempt. Where those under way hold all failures that are left, it waits for one of them to end,
   * so that no burst of guesses gets more than the limit checked.
   * @throws {Refusal} `throttled`, `unavailable` where the wait takes too long
   */
  reserve(account: AttemptTarget, address: string): Promise<ReservedAttempt>
}

/** Whose password an attempt tries. */
export interface AttemptTarget {
  /** Of a user, or of a name that no user has. The networks from which the account has logged in belong to it. */
  id: string
  /** Rises with each change of the account, and the counts begin afresh: so an administrator lifts a lock at once. */
  revision: number
}

/** The same for what names no account, such as a refresh by a secret: a count of each network alone. */
export interface AddressAttempts {
  /** @throws {Refusal} `throttled`, `unavailable` where the wait takes too long */
  reserve(address: string): Promise<ReservedAttempt>
}

/**
 * How an attempt ended. `wrong` counts everywhere, `right` makes the account start afresh from this network and makes
 * the network known, and `void` is one that checked nothing.
 */
export type AttemptOutcome = 'right' | 'wrong' | 'void'

export interface ReservedAttempt {
  /** Never throws: a count that cannot be written is no reason to fail a login. */
  end(outcome: AttemptOutcome): Promise<void>
}
