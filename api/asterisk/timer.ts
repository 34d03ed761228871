/** Calls `run` once after a delay. @returns a function that cancels it */
export type StartTimer = (ms: number, run: () => void) => () => void

/** The timers of Node.js. */
export const startTimer: StartTimer = (ms, run) => {
  const timer = setTimeout(run, ms)
  return () => clearTimeout(timer)
}
