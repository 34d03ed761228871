/** Numbers that nobody calls from here, neither by hand nor by a campaign. */
export interface DoNotCall {
  /** @param number as `DialPolicy.spell` has it */
  has(number: string): Promise<boolean>
  /** Adding twice is no fault; the first reason stays. @returns how many are new */
  add(numbers: readonly string[], reason: string, now: number): Promise<number>
  /** @returns whether it was there */
  remove(number: string): Promise<boolean>
  /** By number. */
  list(page: {
    after?: string
    limit: number
  }): Promise<{ number: string; reason: string; addedAt: number }[]>
}
