/** Removes the entries of a Map or Set that were inserted first, until at most `maxSize` are left. */
export function evictOldest(entries: Map<unknown, unknown> | Set<unknown>, maxSize: number): void {
  for (const oldest of entries.keys()) {
    if (entries.size <= maxSize) return
    entries.delete(oldest)
  }
}
