import type { DialPolicy } from '../../dial-policy/dial-policy.ts'
import type { NumberVariants } from '../../dial-policy/number-variants.ts'

/**
 * Numbers that nobody calls from here, neither by hand nor by a campaign. Entries are stored as they were spelled
 * when they were made, so a number is looked for in all its spellings.
 */
export interface DoNotCall {
  /** @param spellings of one number, as `DialPolicy.spellings` has them */
  has(spellings: readonly string[]): Promise<boolean>
  /** One that is there in another spelling is not added; the first reason stays. @returns how many are new */
  add(numbers: readonly NumberVariants[], reason: string, now: number): Promise<number>
  /** All that mean this number. @returns whether one was there */
  remove(spellings: readonly string[]): Promise<boolean>
  /** By number. */
  list(page: {
    after?: string
    limit: number
  }): Promise<{ number: string; reason: string; addedAt: number }[]>
}

/** What puts a number on the list. */
export interface DoNotCallEntry {
  variants: NumberVariants
  reason: string
}

/**
 * What puts a number on the list for all that a client sends: a number outside. Extensions and codes would be taken
 * from every user, and emergency numbers are always called.
 * @returns undefined for a number that is not listed
 * @throws {Refusal} `input_invalid` for what is no number
 */
export function toDoNotCallEntry(
  number: string,
  reason: string,
  { variants, reservedKind }: Pick<DialPolicy, 'variants' | 'reservedKind'>,
): DoNotCallEntry | undefined {
  return reservedKind(number) === undefined ? { variants: variants(number), reason } : undefined
}
