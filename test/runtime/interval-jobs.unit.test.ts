import { describe, expect, it, vi } from 'vitest'
import { createIntervalJobs } from '../../runtime/interval-jobs.ts'

describe('jobs at intervals', () => {
  it('start no run after stop, and are drained once the runs in progress have ended', async () => {
    const finish: (() => void)[] = []
    const task = vi.fn(() => new Promise<void>((resolve) => void finish.push(resolve)))
    const jobs = createIntervalJobs()
    for (const pauseMs of [1, 2]) jobs.start(pauseMs, task, () => {})

    jobs.stop()
    const drained = vi.fn()
    const waiting = jobs.drained().then(drained)
    finish[0]?.()
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(drained).not.toHaveBeenCalled()
    finish[1]?.()
    await waiting
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(task).toHaveBeenCalledTimes(2)
  })
})
