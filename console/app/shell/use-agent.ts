import { useQuery } from '@tanstack/react-query'
import { dataOf, type Wire } from '../../api/client.ts'
import { useConsole } from '../console-context.ts'

/** Who the user is in the call center; null: no agent, undefined: not known yet. */
export function useAgent(): Wire<'Me'>['agent'] | undefined {
  const { api } = useConsole()
  const me = useQuery({
    queryKey: ['me'],
    queryFn: ({ signal }) => dataOf(api.GET('/api/v1/me', { signal })),
  })
  return me.data?.agent
}
