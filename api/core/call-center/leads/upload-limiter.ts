import { Refusal } from '../../refusal.ts'
import type { LeadImport, LeadImportStore } from './lead-import.ts'

/** Of one person at once, sent or under way. */
const MOST = 3

type Adding = Parameters<LeadImportStore['add']>

/**
 * Takes lists of leads, a few of each person at once: each that is being sent is whole in memory.
 * @returns a function that keeps what `take` gives; `take` is not called where there are too many already
 */
export function createReceiving(store: Pick<LeadImportStore, 'add' | 'countRunning'>) {
  /** Lists that are being sent, by agent. */
  const coming = new Map<string, number>()
  const count = (agentId: string, more: number) => {
    const now = (coming.get(agentId) ?? 0) + more
    if (now > 0) coming.set(agentId, now)
    else coming.delete(agentId)
    return now
  }

  /** @throws {Refusal} `conflict` with too many of this agent, and what `take` throws */
  return async (agentId: string, take: () => Promise<Adding>): Promise<LeadImport> => {
    const place = count(agentId, 1)
    try {
      if (place + (await store.countRunning(agentId)) > MOST) throw tooMany()
      const taken = await take()
      // Others may have begun elsewhere meanwhile.
      if ((await store.countRunning(agentId)) >= MOST) throw tooMany()
      return await store.add(...taken)
    } finally {
      count(agentId, -1)
    }
  }
}

const tooMany = () => new Refusal('conflict', { detail: `${MOST} lists of yours are under way already` })
