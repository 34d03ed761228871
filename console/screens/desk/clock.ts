const RELOAD_MS = 2_000

/** Loads now and until it is stopped: the server's clock may be a moment behind this one. @returns stops it */
export function reloadOften(reload: () => void): () => void {
  reload()
  const timer = setInterval(reload, RELOAD_MS)
  return () => clearInterval(timer)
}

/**
 * Whole seconds until a moment of the server; 0 afterwards.
 * @param nowS unix seconds of this computer
 */
export const secondsLeft = (until: string, nowS: number, offsetMs: number): number =>
  Math.max(0, Math.ceil((Date.parse(until) - offsetMs) / 1_000 - nowS))
