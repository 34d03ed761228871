import { useQuery, useQueryClient } from '@tanstack/react-query'
import { dataOf, type Wire } from '../../api/client.ts'
import { useConsole } from '../../app/console-context.ts'
import { allRows } from '../../components/call-center/all-rows.ts'

export type Campaign = Wire<'CrmCampaign'>
export type Readiness = Wire<'CampaignReadiness'>
export type Reason = Wire<'HoldReason'>

/** As many as the API has on a page. */
const LIMIT = 1_000
const REFRESH_MS = 5_000
/** What prevents calls changes with each agent and call. */
const READINESS_REFRESH_MS = 1_500

/** All campaigns that I see, the newest first: the API has them the other way round. */
export function useCampaigns() {
  const { api } = useConsole()
  return useQuery({
    queryKey: ['campaigns', 'list'],
    queryFn: async ({ signal }) =>
      (
        await allRows((cursor) =>
          api.GET('/api/campaigns', {
            params: { query: { limit: LIMIT, ...(cursor === undefined ? {} : { cursor }) } },
            signal,
          }),
        )
      ).toReversed(),
    refetchInterval: REFRESH_MS,
  })
}

export function useCampaign(id: string) {
  const { api } = useConsole()
  return useQuery({
    queryKey: ['campaigns', id, 'campaign'],
    queryFn: ({ signal }) => dataOf(api.GET('/api/campaigns/{id}', { params: { path: { id } }, signal })),
    refetchInterval: REFRESH_MS,
  })
}

export function useReadiness(id: string) {
  const { api } = useConsole()
  return useQuery({
    queryKey: ['campaigns', id, 'readiness'],
    queryFn: ({ signal }) =>
      dataOf(
        api.GET('/api/v1/campaigns/{campaignId}/readiness', { params: { path: { campaignId: id } }, signal }),
      ),
    refetchInterval: READINESS_REFRESH_MS,
  })
}

/** Loads all that is shown of campaigns again. */
export function useReloadCampaigns() {
  const queries = useQueryClient()
  return () => queries.invalidateQueries({ queryKey: ['campaigns'] })
}

export const statusOf = ({ status }: Campaign) => status.toLowerCase() as Lowercase<Campaign['status']>
