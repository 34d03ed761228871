import type { CountryCode } from 'libphonenumber-js/max'
import { Refusal } from '../refusal.ts'
import { isTooLong, type PlanLookup } from './classify-with-plan.ts'

export interface NormalizationRules {
  /** Undefined where no country is set. */
  country: CountryCode | undefined
  /** Whether it is an extension or an emergency number. */
  isReserved(number: string): boolean
  /** Whether the settings file allows it in spite of its length. */
  isAllowed(number: string): boolean
}

/**
 * The normal form of a number, in which numbers are compared: E.164 where the country's plan has it, else as it was typed,
 * without separators.
 * @param typed what `parseNumber` returns
 * @param found what the country's plan has for it
 * @throws {Refusal} `input_invalid` for more digits than a number of the country has
 */
export function normalizeNumber(
  typed: string,
  found: PlanLookup | undefined,
  { country, isReserved, isAllowed }: NormalizationRules,
): string {
  if (country === undefined || isReserved(typed)) return typed
  if (found?.isValid) return found.e164
  if (!isTooLong(typed, country) || isAllowed(typed)) return typed
  throw new Refusal('input_invalid', { detail: 'this number has too many digits' })
}
