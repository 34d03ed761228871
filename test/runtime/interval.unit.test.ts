import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startInterval } from '../../runtime/interval.ts'

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

/** A task that counts its runs; `fails` decides at each run. */
function counted(fails = (_run: number) => false) {
  const task = {
    runs: 0,
    async run() {
      task.runs += 1
      if (fails(task.runs)) throw new Error(`run ${task.runs}`)
    },
  }
  return task
}

describe('startInterval', () => {
  it('runs at once and again after each pause, until it is stopped', async () => {
    const task = counted()
    const job = startInterval(100, task.run, () => {})
    expect(task.runs).toBe(1)
    await vi.advanceTimersByTimeAsync(250)
    expect(task.runs).toBe(3)
    job.stop()
    await vi.advanceTimersByTimeAsync(1_000)
    expect(task.runs).toBe(3)
  })

  it('waits for a pause before the first run if asked to', async () => {
    const task = counted()
    const job = startInterval(100, task.run, () => {}, { pauseFirst: true })
    await vi.advanceTimersByTimeAsync(99)
    expect(task.runs).toBe(0)
    await vi.advanceTimersByTimeAsync(1)
    expect(task.runs).toBe(1)
    job.stop()
  })

  it('begins the pause when a run has ended, so that no two runs overlap', async () => {
    let running = 0
    let most = 0
    const job = startInterval(
      10,
      async () => {
        running += 1
        most = Math.max(most, running)
        await new Promise((resolve) => setTimeout(resolve, 50))
        running -= 1
      },
      () => {},
    )
    await vi.advanceTimersByTimeAsync(500)
    expect(most).toBe(1)
    job.stop()
  })

  it('drained resolves when the run in progress has ended', async () => {
    let isDone = false
    const job = startInterval(
      10,
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 50))
        isDone = true
      },
      () => {},
    )
    job.stop()
    const drained = job.drained().then(() => isDone)
    await vi.advanceTimersByTimeAsync(50)
    expect(await drained).toBe(true)
  })

  it('reports a failure once and its recovery, and goes on', async () => {
    const reports: string[] = []
    const onFailure = Object.assign((err: unknown) => void reports.push(String(err)), {
      recovered: () => void reports.push('recovered'),
    })
    const job = startInterval(100, counted((run) => run === 2 || run === 3).run, onFailure)
    await vi.advanceTimersByTimeAsync(500)
    expect(reports).toEqual(['Error: run 2', 'recovered'])
    job.stop()
  })

  it('knows when a run last succeeded', async () => {
    let nowMs = 5_000
    const job = startInterval(100, counted((run) => run !== 2).run, () => {}, { now: () => nowMs })
    await vi.advanceTimersByTimeAsync(50)
    expect(job.lastSuccess()).toBeUndefined()
    nowMs = 6_000
    await vi.advanceTimersByTimeAsync(60)
    nowMs = 7_000
    await vi.advanceTimersByTimeAsync(200)
    expect(job.lastSuccess()).toBe(6_000)
    job.stop()
  })
})
