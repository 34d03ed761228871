import { evictOldest } from '../../../runtime/evict-oldest.ts'

/** Holds the last `maxIds` ids that were added. */
export function createRecentIds(maxIds: number) {
  const ids = new Set<string>()
  return {
    has: (id: string) => ids.has(id),
    add(id: string) {
      ids.add(id)
      evictOldest(ids, maxIds)
    },
    size: () => ids.size,
  }
}
