import type { Api, Wire } from '../../api/client.ts'
import { allRows } from './all-rows.ts'

/** All members of the call center that I see. */
export const loadAgents = (api: Api, signal: AbortSignal): Promise<Wire<'CrmAgent'>[]> =>
  allRows((cursor) =>
    api.GET('/api/agents', {
      params: { query: { limit: 1_000, ...(cursor === undefined ? {} : { cursor }) } },
      signal,
    }),
  )
