/** How much of the past there is, or was removed. */
export interface HistoryCounts {
  /** Calls of the history. */
  calls: number
  /** Those of them with recordings, one or more. The files are the PBX's, and stay. */
  recorded: number
  /** Numbers that were dialled from here, whether or not a call came of it. */
  placedCalls: number
  /** Calls of the call centre's agents. */
  agentCalls: number
}

export interface HistoryPurgeStore {
  /** What began before `beforeS`, in unix seconds, and is over. */
  count(beforeS: number): Promise<HistoryCounts>
  /** Removes up to `most` of one kind, the oldest first; all or none. */
  remove(kind: HistoryKind, beforeS: number, limit: number): Promise<{ removed: number; recorded: number }>
}

const KINDS = ['calls', 'placedCalls', 'agentCalls'] as const
export type HistoryKind = (typeof KINDS)[number]

/** Small, as a statement stops the process that hears the PBX for as long as it runs. */
const BATCH = 200

/** Removes all that began before `beforeS`, in unix seconds, and is over; others have their turns in between. */
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
