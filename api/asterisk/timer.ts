/** Does something once, later. @returns what calls it off */
export type StartTimer = (ms: number, run: () => void) => () => void

/** By the process's own timers. */
export const startTimer: StartTimer = (ms, run) => {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}
