import { describe, expect, it } from 'vitest'
import { withDeadline } from '../../runtime/deadline.ts'
import { sha256 } from '../../runtime/hash.ts'
import { poll } from '../../runtime/poll.ts'
import { backoffMs, retry } from '../../runtime/retry.ts'
import { toUnixSeconds } from '../../runtime/time.ts'

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
    for (const [failures, most] of [
      [1, 100],
      [2, 200],
      [4, 800],
      [9, 1_000],
    ] as const) {
      const ms = backoffMs(failures, 100, 1_000)
      expect(ms).toBeGreaterThanOrEqual(most / 2)
      expect(ms).toBeLessThanOrEqual(most)
    }
  })
})

describe('poll', () => {
  it('returns what the check returns, once it returns something', async () => {
    let calls = 0
    expect(await poll(() => (++calls === 3 ? 'ready' : undefined), { everyMs: 1 })).toBe('ready')
  })

  it('returns undefined when the time has passed, after at least one check', async () => {
    let calls = 0
    const never = () => {
      calls += 1
      return undefined
    }
    expect(await poll(never, { everyMs: 1, timeoutMs: 0 })).toBeUndefined()
    expect(calls).toBe(1)
  })

  it('throws what the check throws', async () => {
    await expect(poll(failing(1), { everyMs: 1 })).rejects.toThrow('failure 1')
  })
})

describe('withDeadline', () => {
  it('returns the result of work that ends in time', async () => {
    expect(await withDeadline(Promise.resolve(7), 60_000, () => new Error('late'))).toBe(7)
  })

  it('throws when the work takes longer', async () => {
    await expect(withDeadline(new Promise(() => {}), 1, () => new Error('late'))).rejects.toThrow('late')
  })
})

describe('small conversions', () => {
  it('rounds ms down to unix seconds', () => {
    expect(toUnixSeconds(1_999)).toBe(1)
  })

  it('hashes a text and its UTF-8 bytes to the same 43 characters', () => {
    // The digest of the empty message: FIPS 180-4 example values.
    expect(sha256('')).toBe('47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU')
    expect(sha256('ü')).toBe(sha256(Buffer.from('ü')))
  })
})
