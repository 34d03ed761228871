/** Calls of one request. */
export const PAGE_SIZE = 100

/**
 * How long the list is, with the calls that are not loaded yet.
 * @returns `isExact` false: there are at least so many
 */
export function countRows(
  first: { total: number; total_is_exact: boolean } | undefined,
  calls: readonly unknown[],
  hasMore: boolean,
): { count: number; isExact: boolean } {
  if (!hasMore || first === undefined) return { count: calls.length, isExact: true }
  // Calls that have ended meanwhile are on no page, and others may have been deleted.
  const count = Math.max(first.total, calls.length + (first.total_is_exact ? 0 : PAGE_SIZE))
  return { count, isExact: first.total_is_exact }
}
