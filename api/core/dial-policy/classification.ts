import type { AllowedNumber } from './dial-policy.ts'
import type { PolicyFile } from './policy-file.ts'

/** How a number is classified before the `allow` and `deny` rules apply. */
export interface Classification {
  kind: Exclude<AllowedNumber['kind'], 'emergency'>
  /** Every spelling in which a rule may contain the number. */
  forms: readonly string[]
  /** As the PBX dials it. */
  number: string
  /** Why it is denied unless an `allow` rule matches. */
  denyReason: string | undefined
}

export type ClassificationRules = Pick<PolicyFile, 'international' | 'premium' | 'dialAs' | 'outPrefix'>

export const INTERNATIONAL_DENIED = 'international numbers are not allowed'

/** A phone has no + key: behind an outside prefix, 00 replaces it. */
export const withOutsidePrefix = (outPrefix: string, number: string) =>
  outPrefix === '' ? number : `${outPrefix}${number.replace(/^\+/, '00')}`
