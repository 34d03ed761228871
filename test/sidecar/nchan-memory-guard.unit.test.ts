import { expect, test } from 'vitest'
import type { Logger } from '../../runtime/log.ts'
import { createNchanMemoryGuard } from '../../sidecar/nchan-memory-guard.ts'

interface Usage {
  memory: number
  idleChannels: number
}

function setUp(uses: (Usage | undefined)[]) {
  const cuts: number[] = []
  const givenUp: string[] = []
  let now = 0
  const checkMemory = createNchanMemoryGuard({
    instances: uses.map((_, at) => ({ usage: async () => uses[at] })),
    cut: async (instance) => void cuts.push(instance),
    requestRestart: (instance, why) => void givenUp.push(`${instance} ${why}`),
    monotonic: () => now,
    log: { error: () => {} } as unknown as Logger, // no more of it is used
  })
  return {
    uses,
    cuts,
    givenUp,
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

test('cuts again when the memory has been emptied and is full again', async () => {
  const { cuts, givenUp, uses, seconds } = setUp([full])
  await seconds(5)
  uses[0] = roomy
  await seconds(1)
  uses[0] = full
  await seconds(5)
  expect(cuts).toEqual([1, 1])
  expect(givenUp).toEqual([])
})

test('gives an instance up that stays nearly full for 10 s after the cut', async () => {
  const { cuts, givenUp, seconds } = setUp([full])
  await seconds(11)
  expect(cuts).toEqual([1])
  expect(givenUp).toEqual(['1 stays nearly full'])
})

test('gives an instance up that keeps 100 000 channels of no stream for a minute', async () => {
  const { givenUp, uses, seconds } = setUp([{ memory: 0.1, idleChannels: 100_000 }])
  await seconds(59)
  uses[0] = { memory: 0.1, idleChannels: 99_999 }
  await seconds(1)
  uses[0] = { memory: 0.1, idleChannels: 100_000 }
  await seconds(60)
  expect(givenUp).toEqual([])
  await seconds(1)
  expect(givenUp).toEqual(['1 keeps too many channels'])
})
