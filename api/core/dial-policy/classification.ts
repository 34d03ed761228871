import type { AllowedNumber } from './dial-policy.ts'
import type { PolicyFile } from './policy-file.ts'

/** What a number is taken for, before `allow` and `deny` are asked. */
export interface Classification {
  kind: Exclude<AllowedNumber['kind'], 'emergency'>
  /** Every spelling in which a rule may have meant it. */
  forms: readonly string[]
  /** As the PBX is to dial it. */
  number: string
  /** Why it is refused unless `allow` names it. */
  denyReason: string | undefined
}

export type ClassificationRules = Pick<PolicyFile, 'international' | 'premium' | 'dialAs' | 'outPrefix'>

export const INTERNATIONAL_DENIED = 'international numbers are not allowed'

/** A + is no key of a phone: where a prefix goes before it, 00 stands for it. */
export const withOutsidePrefix = (outPrefix: string, number: string) =>
  outPrefix === '' ? number : `${outPrefix}${number.replace(/^\+/, '00')}`
