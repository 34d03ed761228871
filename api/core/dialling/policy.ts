import type { Limits } from './limits.ts'

/** What may be dialled, and how: pure rules, made from the settings file. See `dial-policy` in docs. */
export interface DialPolicy {
  /**
   * @param text what a client sent: anything
   * @throws {Refusal} `input_invalid` for what is no number, `dial_denied` with the rule in `detail`
   */
  judge(text: string): Allowed
  /**
   * One spelling of a number, so that lists may be compared: E.164 where the country's plan has it, else without
   * separators. Says nothing of whether it may be dialled.
   * @throws {Refusal} `input_invalid` for what is no number
   */
  spell(text: string): string
  limits: Limits
  /** The numbers an extension may show, beside itself. */
  callerNumbers(extension: string): readonly string[]
}

export interface Allowed {
  /** As it is dialled: `^\+?[0-9*#]{1,32}$`. */
  number: string
  kind: 'internal' | 'emergency' | 'national' | 'international' | 'premium' | 'service'
  /** Emergency calls are never counted, limited or denied. */
  isEmergency: boolean
}
