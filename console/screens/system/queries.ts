import { useQuery } from '@tanstack/react-query'
import { dataOf } from '../../api/client.ts'
import { useConsole } from '../../app/console-context.ts'
import { useCapabilities as useRefreshedCapabilities } from '../../components/use-capabilities.ts'

/** While the page is visible. */
const REFRESH_MS = 5_000

export function useSystem() {
  const { api } = useConsole()
  return useQuery({
    queryKey: ['system'],
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/system', { signal })),
    staleTime: 0,
    refetchInterval: REFRESH_MS,
  })
}

export const useCapabilities = () => useRefreshedCapabilities({ refreshMs: REFRESH_MS })

export function useDialPolicy() {
  const { api } = useConsole()
  return useQuery({
    queryKey: ['system', 'dial-policy'],
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/system/dial-policy', { signal })),
  })
}

export function useKeys() {
  const { api } = useConsole()
  return useQuery({
    queryKey: ['system', 'keys'],
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/system/keys', { signal })),
  })
}
