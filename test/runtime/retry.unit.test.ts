import { describe, expect, it } from 'vitest'
import { backoffMs, retry } from '../../runtime/retry.ts'

/** Work that fails the first `times` times. */
const failing = (times: number) => {
  let calls = 0
  return async () => {
    calls += 1
    if (calls <= times) throw new Error(`failure ${calls}`)
    return calls
  }
}

describe('retry', () => {
  it('returns the result of the first attempt that succeeds', async () => {
    const seen: number[] = []
    const delayMs = (failures: number) => {
      seen.push(failures)
      return 1
    }
    expect(await retry(failing(2), { delayMs })).toBe(3)
    expect(seen).toEqual([1, 2])
  })

  it('throws the last error when the delay gives up', async () => {
    const delayMs = (failures: number) => (failures < 3 ? 1 : undefined)
    await expect(retry(failing(5), { delayMs })).rejects.toThrow('failure 3')
  })

  it('stops waiting when its signal is aborted', async () => {
    const aborting = new AbortController()
    const waiting = retry(failing(1), { delayMs: () => 3_600_000, signal: aborting.signal })
    setTimeout(() => aborting.abort(new Error('stopped')), 5)
    await expect(waiting).rejects.toThrow(/aborted|stopped/)
  })

  it('waits with the given pause, for the time that a promise returns', async () => {
    const pauses: number[] = []
    const pause = async (ms: number) => void pauses.push(ms)
    expect(await retry(failing(2), { delayMs: async (failures) => failures * 60_000, pause })).toBe(3)
    expect(pauses).toEqual([60_000, 120_000])
  })

  it('doubles the delay up to a maximum, with at most half of it as jitter', () => {
    for (const [failures, maxMs] of [
      [1, 100],
      [2, 200],
      [4, 800],
      [9, 1_000],
    ] as const) {
      const ms = backoffMs(failures, 100, 1_000)
      expect(ms).toBeGreaterThanOrEqual(maxMs / 2)
      expect(ms).toBeLessThanOrEqual(maxMs)
    }
  })
})
