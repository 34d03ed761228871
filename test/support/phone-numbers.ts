import type { ClearedNumber } from '../../api/core/dial-policy/clearance.ts'

/** For tests of what follows once the policy and the do-not-call list have let a number pass. */
export const clearedNumber = (number: string) => number as ClearedNumber

/** A filter for numbers that begin so. */
export const phonePrefixFilter = (start: string) => ({ numbers: [{ prefix: start, minLength: 0 }] })
