import { useQuery } from '@tanstack/react-query'
import { dataOf } from '../../api/client.ts'
import { useConsole } from '../../app/console-context.ts'

/** @returns the display name of an account; its id until it is loaded, and if it was deleted */
export function usePersonName(userId: string | undefined): string {
  const { api } = useConsole()
  const user = useQuery({
    queryKey: ['admin', 'user', userId],
    enabled: userId !== undefined,
    queryFn: ({ signal }) =>
      dataOf(api.GET('/api/v1/users/{userId}', { params: { path: { userId: userId ?? '' } }, signal })),
  })
  return user.data?.display_name ?? userId ?? ''
}
