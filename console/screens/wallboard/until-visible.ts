/** A document, as far as its visibility goes. */
export interface Hideable {
  readonly hidden: boolean
  addEventListener(type: 'visibilitychange', listener: () => void): void
  removeEventListener(type: 'visibilitychange', listener: () => void): void
}

/** Ends once the page is visible, or the signal aborts; it leaves no listener on either. */
export function untilVisible(page: Hideable, signal: AbortSignal): Promise<void> {
  if (!page.hidden || signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    function check() {
      if (page.hidden && !signal.aborted) return
      page.removeEventListener('visibilitychange', check)
      signal.removeEventListener('abort', check)
      resolve()
    }
    page.addEventListener('visibilitychange', check)
    signal.addEventListener('abort', check)
  })
}
