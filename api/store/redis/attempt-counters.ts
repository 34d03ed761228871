import type { AttemptOutcome } from '../../core/auth/login-attempts.ts'

/** What became of a wish to try: `untilMs` is how long the failures that are in the way still count. */
export type ReserveResult = { is: 'reserved' } | { is: 'full' } | { is: 'throttled'; untilMs: number }

/** Failures and attempts under way, by key. */
export interface AttemptCounters {
  /** @returns how long the key is throttled, in ms; undefined when it is not */
  throttledFor(key: string): Promise<number | undefined>
  reserve(key: string, id: string): Promise<ReserveResult>
  end(key: string, id: string, outcome: AttemptOutcome): Promise<void>
}

/** A process that died in an attempt holds its place for so long; comparing a password takes far less. */
export const ATTEMPT_TTL_MS = 5_000
