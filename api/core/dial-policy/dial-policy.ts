import type { DialQuotas } from './dial-limits.ts'
import type { NumberPrefix, NumberVariants } from './number-variants.ts'

/** What may be dialled, and how: pure rules, made from the settings file. See `dial-policy` in docs. */
export interface DialPolicy {
  /**
   * @param text what a client sent: anything
   * @throws {Refusal} `input_invalid` for what is no number, `dial_denied` with the rule in `detail`
   */
  check(text: string): AllowedNumber
  /**
   * One spelling of a number, so that lists may be compared: E.164 where the country's plan has it, else without
   * separators. Says nothing of whether it may be dialled.
   * @throws {Refusal} `input_invalid` for what is no number
   */
  normalize(text: string): string
  /**
   * Every spelling in which this number may have been stored, also before a country was set; that of `spell`
   * first. Extensions, emergency numbers and codes with `*` or `#` have one.
   * @throws {Refusal} as `spell`
   */
  variants(text: string): NumberVariants
  /**
   * Every spelling of the numbers that may be reached behind a code or a prefix in this text. What is behind them
   * and no number is left out, and no fault.
   * @throws {Refusal} `input_invalid` for what is no number as a whole
   */
  embeddedVariants(text: string): readonly string[]
  /**
   * How the numbers begin of which one spelling begins with this text.
   * @throws {Refusal} `input_invalid` for what can be no part of a number
   */
  prefixes(text: string): readonly NumberPrefix[]
  /**
   * What a number is that belongs to no one outside: a help line, an extension, a code with `*` or `#`. It is listed
   * as one that must not be called by no client.
   * @returns undefined for a number outside
   * @throws {Refusal} as `spell`
   */
  reservedKind(text: string): 'emergency' | 'internal' | 'code' | undefined
  limits: DialQuotas
  /**
   * A number that an extension may show beside itself, as the settings file writes it; `text` in any spelling.
   * @returns undefined where it may not
   */
  allowedCallerNumber(extension: string, text: string): string | undefined
}

export interface AllowedNumber {
  /** As it is dialled: `^\+?[0-9*#]{1,32}$`. */
  number: string
  kind: 'internal' | 'emergency' | 'national' | 'international' | 'premium' | 'service'
  /** Emergency calls are never counted, limited or denied. */
  isEmergency: boolean
}
