import { useQuery } from '@tanstack/react-query'
import { dataOf } from '../../api/client.ts'
import { useConsole } from '../../app/console-context.ts'

export const ME_KEY = ['me'] as const

/** The own account. */
export function useMe() {
  const { api } = useConsole()
  return useQuery({
    queryKey: ME_KEY,
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/me', { signal })),
  })
}
