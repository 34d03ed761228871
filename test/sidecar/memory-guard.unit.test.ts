import { expect, test } from 'vitest'
import type { Logger } from '../../contract/log.ts'
import { createMemoryGuard } from '../../sidecar/memory-guard.ts'

function scene(uses: (number | undefined)[]) {
  const cuts: number[] = []
  let now = 0
  const look = createMemoryGuard({
    instances: uses.map((_, at) => ({ memoryUse: async () => uses[at] })),
    cut: async (instance) => void cuts.push(instance),
    monotonic: () => now,
    log: { error: () => {} } as unknown as Logger, // no more of it is used
  })
  return {
    cuts,
    async after(ms: number) {
      now += ms
      await look()
    },
  }
}

test('cuts the streams of an instance that is nearly full, and of no other', async () => {
  const { cuts, after } = scene([0.59, 0.61, undefined])
  await after(0)
  expect(cuts).toEqual([2])
})

test('cuts again no sooner than 30 s later, although the memory stays full', async () => {
  const { cuts, after } = scene([0.9])
  for (let second = 0; second < 59; second += 1) await after(1_000)
  expect(cuts).toEqual([1, 1])
})
