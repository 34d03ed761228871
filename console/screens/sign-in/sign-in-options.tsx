import { type ReactNode, useCallback, useEffect, useState } from 'react'
import type { Wire } from '../../api/client.ts'
import { Button } from '../../components/button.tsx'
import { componentMessages } from '../../components/messages.ts'
import { EmptyState } from '../../components/notice.tsx'
import { useMessages } from '../../i18n/messages.ts'

export type SignInOptions = Wire<'SignInOptions'>

/** What depends on what this installation offers: nothing until that is known. */
export function WithSignInOptions({ children }: { children(options: SignInOptions): ReactNode }) {
  const { loadFailed, retry } = useMessages(componentMessages)
  const [options, setOptions] = useState<SignInOptions | 'failed'>()
  const load = useCallback(async () => {
    setOptions(undefined)
    setOptions(await readOptions().catch(() => 'failed' as const))
  }, [])
  useEffect(() => void load(), [load])
  if (options === undefined) return null
  if (options !== 'failed') return children(options)
  return (
    <EmptyState title={loadFailed}>
      <Button onClick={() => void load()}>{retry}</Button>
    </EmptyState>
  )
}

/** By `fetch` itself: the typed client would double the script of the sign-in page. */
async function readOptions(): Promise<SignInOptions> {
  const answer = await fetch('/api/v1/sign-in-options')
  if (!answer.ok) throw new Error(`${answer.status}`)
  return (await answer.json()) as SignInOptions // as the document has it
}
