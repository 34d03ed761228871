/** Leads of one request. */
export const PAGE_SIZE = 100

/** The pages that have the rows from one to another. */
export function pagesOf(first: number, last: number): number[] {
  const [from, to] = [Math.floor(Math.max(0, first) / PAGE_SIZE), Math.floor(Math.max(0, last) / PAGE_SIZE)]
  return Array.from({ length: to - from + 1 }, (_, at) => from + at)
}
