import type { Page } from 'playwright-core'

interface TraceEvent {
  name: string
  ph: string
  pid: number
  tid: number
  /** CPU time of the thread in µs. */
  tdur?: number
  args?: { name?: string }
}

/**
 * Runs something in the page, and measures each task of its main thread: a frame is one task, with its scripts, styles,
 * layout and paint. It is CPU time, which other programs of this machine do not change.
 * @returns the longest and all together in ms, and the number of tasks
 */
export async function measureTasks(
  page: Page,
  run: () => Promise<unknown>,
): Promise<{ longestMs: number; totalMs: number; count: number }> {
  const browser = page.context().browser()
  if (browser === null) throw new Error('the page has no browser')
  await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline'] })
  await run()
  const { traceEvents } = JSON.parse((await browser.stopTracing()).toString()) as {
    traceEvents: TraceEvent[]
  }
  const threads = new Set(
    traceEvents
      .filter(({ ph, name, args }) => ph === 'M' && name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(({ pid, tid }) => `${pid} ${tid}`),
  )
  const tasks = traceEvents
    .filter(({ name, pid, tid }) => name.endsWith('RunTask') && threads.has(`${pid} ${tid}`))
    .map(({ tdur = 0 }) => tdur / 1_000)
  return {
    longestMs: Math.max(0, ...tasks),
    totalMs: tasks.reduce((sum, ms) => sum + ms, 0),
    count: tasks.length,
  }
}
