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
export function Loaded<T>({ query: { data, error, refetch }, children }: LoadedProps<T>) {
  const texts = useMessages(componentMessages)
  const describeError = useErrorText()
  if (error instanceof ApiError && error.status === 403) return <EmptyState title={texts.noPermission} />
  if (data !== undefined) return children(data)
  if (error === null) return <EmptyState title={texts.loading} />
  return (
    <EmptyState title={texts.loadFailed}>
      <p>{describeError(error)}</p>
      <Button onClick={() => void refetch()}>{texts.retry}</Button>
    </EmptyState>
  )
}
