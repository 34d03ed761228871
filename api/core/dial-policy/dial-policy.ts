import type { DialQuotas } from './dial-limits.ts'
import type { NumberPrefix, NumberVariants } from './number-variants.ts'
import type { PolicyFile } from './policy-file.ts'

/** Which numbers may be dialed, and how: pure rules from the settings file. See docs/dial-policy.md. */
export interface DialPolicy {
  /**
   * @param text what a client sent: any text
   * @throws {Refusal} `input_invalid` for what is no number, `dial_denied` with the rule in `detail`
   */
  check(text: string): AllowedNumber
  /**
   * The normal form of a number, for comparisons: E.164 where the country's plan has it, else without
   * separators. It does not show whether the number may be dialed.
   * @throws {Refusal} `input_invalid` for what is no number
   */
  normalize(text: string): string
  /**
   * Every spelling in which this number may be stored, also from before a country was set; that of
   * `normalize` first. Extensions, emergency numbers and codes with `*` or `#` have one spelling.
   * @throws {Refusal} as `normalize`
   */
  variants(text: string): NumberVariants
  /**
   * Every spelling of the numbers that this text may reach behind a code or a prefix. The rest of a text that
   * is no number is left out without an error.
   * @throws {Refusal} `input_invalid` if the whole text is not a number
   */
  embeddedVariants(text: string): readonly string[]
  /**
   * The prefixes of all numbers that have a spelling which begins with this text.
   * @throws {Refusal} `input_invalid` for what can be no part of a number
   */
  prefixes(text: string): readonly NumberPrefix[]
  /**
   * The kind of a number that belongs to no external party: an emergency number, an extension, a code with
   * `*` or `#`. No client may put it on the do-not-call list.
   * @returns undefined for an external number
   * @throws {Refusal} as `normalize`
   */
  reservedKind(text: string): 'emergency' | 'internal' | 'code' | undefined
  limits: DialQuotas
  /** The settings file with its defaults, for administrators. */
  rules: DialRules
  /**
   * A caller number that an extension may show besides itself, as the settings file has it; `text` in any
   * spelling.
   * @returns undefined where it may not
   */
  allowedCallerNumber(extension: string, text: string): string | undefined
}

/** `emergency` as it is in force: the country’s numbers unless the file names others. */
export type DialRules = Readonly<Omit<PolicyFile, 'emergency'>> & { readonly emergency: readonly string[] }

export interface AllowedNumber {
  /** As it is dialed: `^\+?[0-9*#]{1,32}$`. */
  number: string
  kind: 'internal' | 'emergency' | 'national' | 'international' | 'premium' | 'service'
  /** Emergency calls are never counted, limited or denied. */
  isEmergency: boolean
}
