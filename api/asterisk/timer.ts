/** Does something once, later. @returns what calls it off */
export type After = (ms: number, run: () => void) => () => void

/** By the process's own timers. */
export const after: After = (ms, run) => {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}
