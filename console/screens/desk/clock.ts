/**
 * Whole seconds until a moment of the server; 0 afterwards.
 * @param nowS unix seconds of this computer
 */
export const secondsLeft = (until: string, nowS: number, offsetMs: number): number =>
  Math.max(0, Math.ceil((Date.parse(until) - offsetMs) / 1_000 - nowS))
