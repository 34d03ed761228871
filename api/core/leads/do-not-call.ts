import type { Spellings } from '../dialling/spellings.ts'

/**
 * Numbers that nobody calls from here, neither by hand nor by a campaign. Entries are stored as they were spelled
 * when they were made, so a number is looked for in all its spellings.
 */
export interface DoNotCall {
  /** @param spellings of one number, as `DialPolicy.spellings` has them */
  has(spellings: readonly string[]): Promise<boolean>
  /** One that is there in another spelling is not added; the first reason stays. @returns how many are new */
  add(numbers: readonly Spellings[], reason: string, now: number): Promise<number>
  /** All that mean this number. @returns whether one was there */
  remove(spellings: readonly string[]): Promise<boolean>
  /** By number. */
  list(page: {
    after?: string
    limit: number
  }): Promise<{ number: string; reason: string; addedAt: number }[]>
}

/** What puts a number on the list. */
export interface Barring {
  spellings: Spellings
  reason: string
}
