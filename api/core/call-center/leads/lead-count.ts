/** How many leads match a filter. */
export interface LeadCount {
  count: number
  /** False: at least so many. */
  isExact: boolean
}

/** Leads are counted up to here. */
export const MAX_COUNT = 200_000

/** @param found counted up to one more than `MAX_COUNT` */
export const toLeadCount = (found: number): LeadCount => ({
  count: Math.min(found, MAX_COUNT),
  isExact: found <= MAX_COUNT,
})
