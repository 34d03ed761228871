/** Consecutive parts of a list, each of at most `size` elements: engines limit the parameters of one statement. */
export function* chunks<T>(all: readonly T[], size: number): Generator<readonly T[]> {
  for (let start = 0; start < all.length; start += size) yield all.slice(start, start + size)
}
