/** How many records of the past there are, or were removed. */
export interface HistoryCounts {
  /** Calls in the history. */
  calls: number
  /** Those of them with one or more recordings. The files belong to the PBX and are not removed. */
  recorded: number
  /** Calls that the API was asked to place, whether or not they began. */
  placedCalls: number
  /** Calls of the call center's agents. */
  agentCalls: number
}

export interface HistoryPurgeStore {
  /** Counts what began before `beforeS`, unix seconds, and has ended. */
  count(beforeS: number): Promise<HistoryCounts>
  /** Removes up to `limit` records of one kind, the oldest first, in one transaction. */
  remove(kind: HistoryKind, beforeS: number, limit: number): Promise<{ removed: number; recorded: number }>
}

const KINDS = ['calls', 'placedCalls', 'agentCalls'] as const
export type HistoryKind = (typeof KINDS)[number]

/** Small, as a statement of an embedded database blocks the event loop while it runs. */
const BATCH = 200

/** Removes all that began before `beforeS`, unix seconds, and has ended. Yields between batches. */
export async function purgeHistory(store: HistoryPurgeStore, beforeS: number): Promise<HistoryCounts> {
  const all: HistoryCounts = { calls: 0, recorded: 0, placedCalls: 0, agentCalls: 0 }
  for (const kind of KINDS) {
    for (;;) {
      const { removed, recorded } = await store.remove(kind, beforeS, BATCH)
      all[kind] += removed
      all.recorded += recorded
      if (removed < BATCH) break
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
  return all
}
