import type { DialPolicy } from '../../dial-policy/dial-policy.ts'
import type { NumberVariants } from '../../dial-policy/number-variants.ts'

/**
 * Numbers that neither users nor campaigns may call. An entry is stored in the form that was valid when it was
 * added, so look-ups compare all variants of a number.
 */
export interface DoNotCall {
  /** @param variants of one number: `DialPolicy.variants` */
  has(variants: readonly string[]): Promise<boolean>
  /** Skips numbers that are listed in any variant; the first reason stays. @returns how many are new */
  add(numbers: readonly NumberVariants[], reason: string, now: number): Promise<number>
  /** Removes every variant. @returns whether one was listed */
  remove(variants: readonly string[]): Promise<boolean>
  /** Sorted by number. */
  list(page: { after?: string; limit: number; filter?: DoNotCallFilter }): Promise<ListedNumber[]>
  count(filter?: DoNotCallFilter): Promise<number>
  /** @returns the entry that is listed in any variant */
  find(variants: readonly string[]): Promise<ListedNumber | undefined>
}

export interface ListedNumber {
  number: string
  reason: string
  /** Unix seconds. */
  addedAt: number
}

/** Entries that fit any of these. */
export interface DoNotCallFilter {
  /** Part of the reason, in any case. */
  reason: string
  /** Digits somewhere in the number. */
  digits: string | undefined
  /** How the number begins. */
  prefixes: readonly string[]
}

/** A number to put on the list. */
export interface DoNotCallEntry {
  variants: NumberVariants
  reason: string
}

/**
 * Only external numbers go on the list: a listed extension or code would be blocked for every user, and emergency
 * numbers can always be called.
 * @returns undefined for a reserved number, which is not listed
 * @throws {Refusal} `input_invalid` if the text is not a number
 */
export function toDoNotCallEntry(
  number: string,
  reason: string,
  { variants, reservedKind }: Pick<DialPolicy, 'variants' | 'reservedKind'>,
): DoNotCallEntry | undefined {
  return reservedKind(number) === undefined ? { variants: variants(number), reason } : undefined
}
