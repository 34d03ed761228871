import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ApiError } from '../../api/client.ts'
import { Button } from '../../components/button.tsx'
import { componentMessages } from '../../components/messages.ts'
import { EmptyState } from '../../components/notice.tsx'
import { useMessages } from '../../i18n/messages.ts'

/** What a query has loaded; before that, its loading, failed or forbidden state. */
export function Loaded<T>({ query, children }: { query: UseQueryResult<T>; children(data: T): ReactNode }) {
  const texts = useMessages(componentMessages)
  if (query.error instanceof ApiError && query.error.status === 403) {
    return <EmptyState title={texts.noPermission} />
  }
  if (query.data !== undefined) return children(query.data)
  if (query.isPending) return <EmptyState title={texts.loading} />
  return (
    <EmptyState title={texts.loadFailed}>
      <Button onClick={() => void query.refetch()}>{texts.retry}</Button>
    </EmptyState>
  )
}
