import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Button } from '../../components/button.tsx'
import { useErrorText } from '../../components/error-text.ts'
import { componentMessages } from '../../components/messages.ts'
import { EmptyState } from '../../components/notice.tsx'
import { useMessages } from '../../i18n/messages.ts'

/** The data of a query, or that it is being loaded or has failed. */
export function Loaded<T>({ query, children }: { query: UseQueryResult<T>; children(data: T): ReactNode }) {
  const { loading, retry } = useMessages(componentMessages)
  const describeError = useErrorText()
  if (query.data !== undefined) return children(query.data)
  if (!query.isError) return <EmptyState title={loading} />
  return (
    <EmptyState title={describeError(query.error)}>
      <Button onClick={() => void query.refetch()}>{retry}</Button>
    </EmptyState>
  )
}
