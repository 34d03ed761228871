import { Refusal } from '../../refusal.ts'
import type { LeadImport, LeadImportStore } from './lead-import.ts'

/** Per agent, uploads and running imports together. */
const MAX_IMPORTS = 3

type AddArguments = Parameters<LeadImportStore['add']>

/**
 * Limits concurrent uploads and imports per agent: an upload holds its whole list in memory.
 * @returns a function that stores what `readUpload` returns; at the limit `readUpload` is not called
 */
export function createUploadLimiter(store: Pick<LeadImportStore, 'add' | 'countRunning'>) {
  /** Uploads in progress by agent id. */
  const uploading = new Map<string, number>()
  const count = (agentId: string, more: number) => {
    const now = (uploading.get(agentId) ?? 0) + more
    if (now > 0) uploading.set(agentId, now)
    else uploading.delete(agentId)
    return now
  }

  /** @throws {Refusal} `conflict` at the limit, and what `readUpload` throws */
  return async (agentId: string, readUpload: () => Promise<AddArguments>): Promise<LeadImport> => {
    const inFlight = count(agentId, 1)
    try {
      if (inFlight + (await store.countRunning(agentId)) > MAX_IMPORTS) throw tooMany()
      const upload = await readUpload()
      // Another process may have started an import during the upload.
      if ((await store.countRunning(agentId)) >= MAX_IMPORTS) throw tooMany()
      return await store.add(...upload)
    } finally {
      count(agentId, -1)
    }
  }
}

const tooMany = () =>
  new Refusal('conflict', { detail: `${MAX_IMPORTS} lists of yours are under way already` })
