/** How much of the past there is, or was removed. */
export interface PastCounts {
  /** Calls of the history. */
  calls: number
  /** Those of them with a recording. Its file is the PBX's, and stays. */
  recorded: number
  /** Numbers that were dialled from here, whether or not a call came of it. */
  dialled: number
  /** Calls of the call centre's agents. */
  desk: number
}

export interface PastStore {
  /** What began before `beforeS`, in unix seconds, and is over. */
  count(beforeS: number): Promise<PastCounts>
  /** Removes up to `most` of each kind, the oldest first; all or none. */
  remove(beforeS: number, most: number): Promise<PastCounts>
}

/** Small, as a statement stops the process that hears the PBX for as long as it runs. */
const BATCH = 200

/** Removes all that began before `beforeS`, in unix seconds, and is over; others have their turns in between. */
export async function purgePast(store: PastStore, beforeS: number): Promise<PastCounts> {
  const all: PastCounts = { calls: 0, recorded: 0, dialled: 0, desk: 0 }
  for (;;) {
    const removed = await store.remove(beforeS, BATCH)
    for (const kind of ['calls', 'recorded', 'dialled', 'desk'] as const) all[kind] += removed[kind]
    if (Math.max(removed.calls, removed.dialled, removed.desk) < BATCH) return all
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
