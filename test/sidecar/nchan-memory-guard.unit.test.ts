import { expect, test } from 'vitest'
import type { Logger } from '../../runtime/log.ts'
import { createNchanMemoryGuard } from '../../sidecar/nchan-memory-guard.ts'

interface Usage {
  memory: number
  idleChannels: number
}

function setUp(uses: (Usage | undefined)[]) {
  const cuts: number[] = []
  const restarts: string[] = []
  let now = 0
  const checkMemory = createNchanMemoryGuard({
    instances: uses.map((_, at) => ({ usage: async () => uses[at] })),
    cut: async (instance) => void cuts.push(instance),
    requestRestart: (instance, why) => void restarts.push(`${instance} ${why}`),
    monotonic: () => now,
    log: { error: () => {} } as unknown as Logger, // no more of it is used
  })
  return {
    uses,
    cuts,
    restarts,
    async seconds(count: number) {
      for (let second = 0; second < count; second += 1) {
        now += 1_000
        await checkMemory()
      }
    },
  }
}
const full = { memory: 0.61, idleChannels: 0 }
const roomy = { memory: 0.59, idleChannels: 0 }

test('cuts the streams of an instance that is nearly full, once, and of no other', async () => {
  const { cuts, seconds } = setUp([roomy, full, undefined])
  await seconds(5)
  expect(cuts).toEqual([2])
})

test('cuts again when the memory was freed and is full again', async () => {
  const { cuts, restarts, uses, seconds } = setUp([full])
  await seconds(5)
  uses[0] = roomy
  await seconds(1)
  uses[0] = full
  await seconds(5)
  expect(cuts).toEqual([1, 1])
  expect(restarts).toEqual([])
})

test('requests a restart of an instance that stays nearly full for 10 s after the cut', async () => {
  const { cuts, restarts, seconds } = setUp([full])
  await seconds(11)
  expect(cuts).toEqual([1])
  expect(restarts).toEqual(['1 stays nearly full'])
})

test('requests a restart of an instance that has 100 000 idle channels for a minute', async () => {
  const { restarts, uses, seconds } = setUp([{ memory: 0.1, idleChannels: 100_000 }])
  await seconds(59)
  uses[0] = { memory: 0.1, idleChannels: 99_999 }
  await seconds(1)
  uses[0] = { memory: 0.1, idleChannels: 100_000 }
  await seconds(60)
  expect(restarts).toEqual([])
  await seconds(1)
  expect(restarts).toEqual(['1 keeps too many channels'])
})
