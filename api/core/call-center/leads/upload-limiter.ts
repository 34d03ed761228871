import { Refusal } from '../../refusal.ts'
import type { LeadImport, LeadImportStore } from './lead-import.ts'

/** Of one person at once, sent or under way. */
const MAX_IMPORTS = 3

type AddArguments = Parameters<LeadImportStore['add']>

/**
 * Takes lists of leads, a few of each person at once: each that is being sent is whole in memory.
 * @returns a function that keeps what `take` gives; `take` is not called where there are too many already
 */
export function createUploadLimiter(store: Pick<LeadImportStore, 'add' | 'countRunning'>) {
  /** Lists that are being sent, by agent. */
  const uploading = new Map<string, number>()
  const count = (agentId: string, more: number) => {
    const now = (uploading.get(agentId) ?? 0) + more
    if (now > 0) uploading.set(agentId, now)
    else uploading.delete(agentId)
    return now
  }

  /** @throws {Refusal} `conflict` with too many of this agent, and what `take` throws */
  return async (agentId: string, readUpload: () => Promise<AddArguments>): Promise<LeadImport> => {
    const inFlight = count(agentId, 1)
    try {
      if (inFlight + (await store.countRunning(agentId)) > MAX_IMPORTS) throw tooMany()
      const upload = await readUpload()
      // Others may have begun elsewhere meanwhile.
      if ((await store.countRunning(agentId)) >= MAX_IMPORTS) throw tooMany()
      return await store.add(...upload)
    } finally {
      count(agentId, -1)
    }
  }
}

const tooMany = () =>
  new Refusal('conflict', { detail: `${MAX_IMPORTS} lists of yours are under way already` })
