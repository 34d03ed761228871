import { useSyncExternalStore } from 'react'
import { formatDuration } from '../../i18n/format.ts'

const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined
const readNow = () => Math.floor(Date.now() / 1_000)
let nowS = readNow()

/** One ticker for all clocks of the page; it runs only while there is one. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    nowS = readNow()
    for (const one of listeners) one()
  }, 1_000)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

function currentS(): number {
  // The ticker has stood still.
  if (timer === undefined) nowS = readNow()
  return nowS
}

/** Unix seconds of this computer; renders again with each. */
export const useNowS = (): number => useSyncExternalStore(subscribe, currentS)

/** The time since a moment, running. */
export function Clock({ since }: { since: string }) {
  const now = useNowS()
  return <time>{formatDuration(now - Math.floor(Date.parse(since) / 1_000))}</time>
}
