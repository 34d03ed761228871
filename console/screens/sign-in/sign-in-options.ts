import { useEffect, useState } from 'react'
import type { Wire } from '../../api/client.ts'

export type SignInOptions = Wire<'SignInOptions'>

/** @returns what this installation offers; undefined until it is known, and while the server does not answer */
export function useSignInOptions(): SignInOptions | undefined {
  const [options, setOptions] = useState<SignInOptions>()
  useEffect(() => {
    const leaving = new AbortController()
    void readOptions(leaving.signal).then(setOptions)
    return () => leaving.abort()
  }, [])
  return options
}

/** By `fetch` itself: the typed client would double the script of the sign-in page. */
async function readOptions(signal: AbortSignal): Promise<SignInOptions | undefined> {
  const answer = await fetch('/api/v1/sign-in-options', { signal }).catch(() => undefined)
  return answer?.ok ? ((await answer.json()) as SignInOptions) : undefined // as the document has it
}
