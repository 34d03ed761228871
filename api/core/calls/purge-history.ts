/** How much of the past there is, or was removed. */
export interface PastCounts {
  /** Calls of the history. */
  calls: number
  /** Those of them with recordings, one or more. The files are the PBX's, and stay. */
  recorded: number
  /** Numbers that were dialled from here, whether or not a call came of it. */
  dialled: number
  /** Calls of the call centre's agents. */
  desk: number
}

export interface PastStore {
  /** What began before `beforeS`, in unix seconds, and is over. */
  count(beforeS: number): Promise<PastCounts>
  /** Removes up to `most` of one kind, the oldest first; all or none. */
  remove(kind: PastKind, beforeS: number, most: number): Promise<{ removed: number; recorded: number }>
}

const KINDS = ['calls', 'dialled', 'desk'] as const
export type PastKind = (typeof KINDS)[number]

/** Small, as a statement stops the process that hears the PBX for as long as it runs. */
const BATCH = 200

/** Removes all that began before `beforeS`, in unix seconds, and is over; others have their turns in between. */
export async function purgePast(store: PastStore, beforeS: number): Promise<PastCounts> {
  const all: PastCounts = { calls: 0, recorded: 0, dialled: 0, desk: 0 }
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
