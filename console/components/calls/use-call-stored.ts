import { useEffect, useRef } from 'react'
import { useConsole } from '../../app/console-context.ts'

/** How long the API may take to store a call that has ended. */
const STORED_AFTER_MS = 2_000

/** Runs `then` once a call of mine that has ended is among the past ones; once for several that end together. */
export function useCallStored(then: () => void): void {
  const { live } = useConsole()
  const latest = useRef(then)
  latest.current = then
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const stop = live.onCall(({ state }) => {
      if (state !== 'ended') return
      clearTimeout(timer)
      timer = setTimeout(() => latest.current(), STORED_AFTER_MS)
    })
    return () => {
      clearTimeout(timer)
      stop()
    }
  }, [live])
}
