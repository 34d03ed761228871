import { describe, expect, test } from 'vitest'
import { createFairQueue } from '../../../../api/core/auth/fair-queue.ts'

/** A queue that runs one task at a time; the test ends each task. */
function world(settings: { maxWaiting?: number; timeoutMs?: number } = {}) {
  const turns = createFairQueue({ parallel: 1, maxWaiting: 100, timeoutMs: 60_000, ...settings })
  const begun: string[] = []
  const refused: string[] = []
  const endings: (() => void)[] = []
  return {
    begun,
    refused,
    ask(by: string, what = by) {
      turns(by, () => {
        begun.push(what)
        return new Promise<void>((resolve) => endings.push(resolve))
      }).catch(({ code, retryAfter }) => refused.push(`${what} ${code} ${retryAfter}`))
    },
    async end() {
      endings.shift()?.()
      await new Promise((resolve) => setImmediate(resolve))
    },
  }
}

describe('the fair queue', () => {
  test('takes turns between the queues, so that a long queue delays only itself', async () => {
    const { ask, end, begun } = world()
    for (let n = 0; n < 4; n += 1) ask('many', `many ${n}`)
    ask('one')
    ask('another')
    for (let n = 0; n < 6; n += 1) await end()
    expect(begun).toEqual(['many 0', 'many 1', 'one', 'another', 'many 2', 'many 3'])
  })

  test('evicts the last task of the longest queue when full, and admits a task of a new key', async () => {
    const { ask, end, begun, refused } = world({ maxWaiting: 3 })
    for (let n = 0; n < 5; n += 1) ask('many', `many ${n}`)
    ask('one')
    await end()
    expect(refused).toEqual(['many 4 unavailable 5', 'many 3 unavailable 5'])
    for (let n = 0; n < 4; n += 1) await end()
    expect(begun).toEqual(['many 0', 'many 1', 'one', 'many 2'])
  })

  test('rejects a task that waited for `timeoutMs`', async () => {
    const { ask, end, begun, refused } = world({ timeoutMs: 10 })
    ask('a', 'a 0')
    ask('a', 'a 1')
    await new Promise((resolve) => setTimeout(resolve, 40))
    await end()
    expect([begun, refused]).toEqual([['a 0'], ['a 1 unavailable 5']])
    ask('a', 'a 2')
    expect(begun).toEqual(['a 0', 'a 2'])
  })

  test('frees the slot of a task that fails', async () => {
    const turns = createFairQueue({ parallel: 1, maxWaiting: 1, timeoutMs: 1_000 })
    const failing = turns('a', async () => {
      throw new Error('no')
    })
    const next = turns('b', async () => 'yes')
    await expect(failing).rejects.toThrow('no')
    expect(await next).toBe('yes')
  })
})
