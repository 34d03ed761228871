import { describe, expect, it } from 'vitest'
import { poll } from '../../runtime/poll.ts'

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
    const failing = async () => {
      throw new Error('failure')
    }
    await expect(poll(failing, { everyMs: 1 })).rejects.toThrow('failure')
  })
})
