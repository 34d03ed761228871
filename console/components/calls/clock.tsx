import { useSyncExternalStore } from 'react'
import { formatDuration } from '../../i18n/format.ts'

const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined
let nowS = Math.floor(Date.now() / 1_000)

/** One ticker for all clocks of the page; it runs only while there is one. */
function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= setInterval(() => {
    nowS = Math.floor(Date.now() / 1_000)
    for (const one of listeners) one()
  }, 1_000)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** The time since a moment, running. */
export function Clock({ since }: { since: string }) {
  const now = useSyncExternalStore(subscribe, () => nowS)
  return <time>{formatDuration(now - Math.floor(Date.parse(since) / 1_000))}</time>
}
