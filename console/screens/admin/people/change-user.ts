import type { Wire } from '../../../api/client.ts'
import { useConsole } from '../../../app/console-context.ts'
import { useReloadLists } from '../reload-lists.ts'

/** @returns a function that changes an account; it resolves to the new entity tag, and rejects with an ApiError */
export function useChangeUser(): (
  userId: string,
  body: Wire<'UserPatch'>,
  etag?: string,
) => Promise<string | undefined> {
  const { api } = useConsole()
  const reload = useReloadLists()
  return async (userId, body, etag) => {
    const header = etag === undefined ? {} : { 'if-match': etag }
    const { response } = await api.PATCH('/api/v1/users/{userId}', {
      params: { path: { userId }, header },
      body,
    })
    reload()
    return response.headers.get('etag') ?? undefined
  }
}
