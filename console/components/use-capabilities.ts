import { useQuery } from '@tanstack/react-query'
import { dataOf } from '../api/client.ts'
import { useConsole } from '../app/console-context.ts'

/** What the telephone system can do, read again while the page is visible. */
export function useCapabilities({ refreshMs }: { refreshMs: number }) {
  const { api } = useConsole()
  return useQuery({
    queryKey: ['capabilities'],
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/capabilities', { signal })),
    staleTime: 0,
    refetchInterval: refreshMs,
  })
}
