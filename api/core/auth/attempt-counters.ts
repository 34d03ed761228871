/**
 * How an attempt ended. A `failure` counts everywhere; a `success` resets the account's counter for this network and
 * makes the network known; `void` is an attempt that compared nothing.
 */
export type AttemptOutcome = 'success' | 'failure' | 'void'

export interface AttemptLimit {
  /** Failures in `window` seconds. */
  max: number
  window: number
}

/** `untilMs` is how long the failures that fill the limit still count. */
export type ReserveResult = { is: 'reserved' } | { is: 'full' } | { is: 'throttled'; untilMs: number }

/** Counts failures, and attempts in progress, per key. */
export interface AttemptCounters {
  /** @returns how long the key is throttled, in ms; undefined when it is not */
  throttledFor(key: string): Promise<number | undefined>
  /** `full` while attempts in progress hold all failures that are left. */
  reserve(key: string, id: string): Promise<ReserveResult>
  end(key: string, id: string, outcome: AttemptOutcome): Promise<void>
}

/** @param name of the counters: what their keys are, such as `account` */
export type AttemptCountersFor = (name: string, limit: AttemptLimit) => AttemptCounters

/** The networks from which accounts have logged in lately: an account and its network are one key. */
export interface KnownNetworks {
  has(key: string): Promise<boolean>
  /** Never throws: a network that could not be stored counts as unknown. */
  add(key: string): Promise<void>
}
