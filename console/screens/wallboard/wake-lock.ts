/**
 * Asks the browser not to dim or lock the screen while the page is visible. It may refuse, as without TLS.
 * @returns a function that ends it
 */
export function keepScreenOn(): () => void {
  // Undefined where the page came without TLS.
  const wakeLock = navigator.wakeLock as WakeLock | undefined
  let held: WakeLockSentinel | undefined
  let isOver = false
  async function request() {
    if (document.hidden || wakeLock === undefined) return
    try {
      held = await wakeLock.request('screen')
      if (isOver) await held.release()
    } catch {}
  }
  document.addEventListener('visibilitychange', request)
  void request()
  return () => {
    isOver = true
    document.removeEventListener('visibilitychange', request)
    void held?.release()
  }
}
