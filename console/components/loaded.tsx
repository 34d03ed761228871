import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { ApiError } from '../api/client.ts'
import { useMessages } from '../i18n/messages.ts'
import { Button } from './button.tsx'
import { useErrorText } from './error-text.ts'
import { componentMessages } from './messages.ts'
import { EmptyState } from './notice.tsx'

interface LoadedProps<T> {
  query: Pick<UseQueryResult<T>, 'data' | 'error' | 'refetch'>
  children(data: T): ReactNode
}

/** What a query has loaded; before that, its loading, failed or forbidden state. */
export function Loaded<T>({ query, children }: LoadedProps<T>) {
  const isForbidden = query.error instanceof ApiError && query.error.status === 403
  if (query.data === undefined || isForbidden) return <NotLoaded query={query} />
  return children(query.data)
}

/** The loading, failed or forbidden state of a query. */
export function NotLoaded({
  query: { error, refetch },
}: {
  query: { error: Error | null; refetch(): Promise<unknown> }
}) {
  const texts = useMessages(componentMessages)
  const describeError = useErrorText()
  if (error instanceof ApiError && error.status === 403) return <EmptyState title={texts.noPermission} />
  if (error === null) return <EmptyState title={texts.loading} />
  return (
    <EmptyState title={texts.loadFailed}>
      <p>{describeError(error)}</p>
      <Button onClick={() => void refetch()}>{texts.retry}</Button>
    </EmptyState>
  )
}
