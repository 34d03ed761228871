import { type Api, dataOf, type Wire } from '../../../api/client.ts'
import { type LeadsSearch, toLeadFilter } from '../search.ts'
import type { Selection } from '../table/selection.ts'

export type BulkChange = Pick<Wire<'LeadBulkChange'>, 'assign_to' | 'status' | 'campaign_id'>

export interface BulkProgress {
  changed: number
  unchanged: number
  refused: { id: number; reason: string }[]
}

/** Leads of a change; not exact: there are at least so many. */
export interface BulkCount {
  count: number
  isExact: boolean
}

/** Ids of one request. */
const IDS_PER_REQUEST = 500

/** The bodies that together name all selected leads. */
export function targetsOf({ ids, isAll }: Selection, search: LeadsSearch) {
  if (isAll) return [{ filter: toLeadFilter(search) }]
  const all = [...ids].sort((a, b) => a - b)
  return Array.from({ length: Math.ceil(all.length / IDS_PER_REQUEST) }, (_, at) => ({
    ids: all.slice(at * IDS_PER_REQUEST, (at + 1) * IDS_PER_REQUEST),
  }))
}

/** How many leads the change is for, as the server counts them now. */
export async function countBulk(
  api: Api,
  targets: ReturnType<typeof targetsOf>,
  change: BulkChange,
): Promise<BulkCount> {
  const counts = targets.map((target) =>
    dataOf(api.POST('/api/v1/leads/bulk', { body: { ...target, ...change, dry_run: true } })),
  )
  const results = await Promise.all(counts)
  return {
    count: results.reduce((sum, { matched }) => sum + matched, 0),
    isExact: results.every(({ matched_is_exact }) => matched_is_exact),
  }
}

/**
 * Changes the leads, chunk after chunk.
 * @param onProgress called after each
 * @throws {ApiError}, or the reason of the signal; what was changed by then stays
 */
export async function runBulk(
  api: Api,
  targets: ReturnType<typeof targetsOf>,
  change: BulkChange,
  { signal, onProgress }: { signal: AbortSignal; onProgress(progress: BulkProgress): void },
): Promise<BulkProgress> {
  let progress: BulkProgress = { changed: 0, unchanged: 0, refused: [] }
  for (const target of targets) {
    let cursor: string | undefined
    do {
      const body = { ...target, ...change, dry_run: false, ...(cursor === undefined ? {} : { cursor }) }
      const chunk: Wire<'LeadBulkResult'> = await dataOf(api.POST('/api/v1/leads/bulk', { body, signal }))
      progress = {
        changed: progress.changed + chunk.changed,
        unchanged: progress.unchanged + chunk.unchanged,
        refused: [...progress.refused, ...chunk.refused],
      }
      onProgress(progress)
      cursor = chunk.next_cursor ?? undefined
    } while (cursor !== undefined)
  }
  return progress
}
