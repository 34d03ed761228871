import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError } from '../../../api/client.ts'
import { useErrorText } from '../../../components/error-text.ts'
import { showToast } from '../../../components/toast.tsx'
import { type Typed, typedSince } from './typed-since.ts'

interface Versioned<T> {
  data: T
  etag: string | null
}

interface VersionedTexts {
  saved: string
  stale: string
}

/** An answer with its `ETag`. */
export async function withEtag<T>(answer: Promise<{ data?: T; response: Response }>): Promise<Versioned<T>> {
  const { data, response } = await answer
  return { data: data as T, etag: response.headers.get('etag') } // a 2xx has the documented body
}

/**
 * A value with an `ETag` that several people change: the input stays until it is stored.
 * @param save sends the `ETag` as `If-Match`
 */
export function useVersioned<T, Input>(
  key: readonly string[],
  load: (signal: AbortSignal) => Promise<Versioned<T>>,
  toInput: (data: T) => Input,
  save: (input: Input, headers: { 'if-match'?: string }) => Promise<{ response: Response }>,
  texts: VersionedTexts,
) {
  const describeError = useErrorText()
  const queries = useQueryClient()
  const query = useQuery({ queryKey: key, queryFn: ({ signal }) => load(signal), staleTime: 0 })
  /** Undefined until the user changes it. */
  const [typed, setTyped] = useState<Typed<Input>>()
  const [failure, setFailure] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const shown = query.data
  return {
    query,
    failure,
    isBusy,
    isChanged: typed !== undefined,
    input: typed?.input ?? (shown === undefined ? undefined : toInput(shown.data)),
    /** The version that the change began with is the one that it may replace. */
    change: (input: Input) => setTyped((before) => ({ input, etag: before?.etag ?? shown?.etag ?? null })),
    drop: () => setTyped(undefined),
    async store(input: Input) {
      const etag = typed?.etag ?? shown?.etag ?? null
      setBusy(true)
      setFailure(undefined)
      try {
        const { response } = await save(input, etag === null ? {} : { 'if-match': etag })
        setTyped((now) => typedSince(now, typed, response.headers.get('etag')))
        showToast(texts.saved)
      } catch (err) {
        const isStale = err instanceof ApiError && err.status === 412
        setFailure(isStale ? texts.stale : describeError(err))
        // After the warning, saving again is the user’s decision.
        if (isStale) {
          const newest = (await query.refetch()).data?.etag ?? null
          setTyped((now) => ({ input: now?.input ?? input, etag: newest }))
        }
      } finally {
        setBusy(false)
      }
      await queries.invalidateQueries({ queryKey: key })
    },
  }
}
