import { expect, test } from 'vitest'
import type { LeadImport } from '../../../../../api/core/call-center/leads/lead-import.ts'
import { createUploadLimiter } from '../../../../../api/core/call-center/leads/upload-limiter.ts'

const createFixture = () => {
  let running = 0
  let taken = 0
  const limitUpload = createUploadLimiter({
    async add() {
      running += 1
      return { id: String(running) } as LeadImport // the test reads the id only
    },
    countRunning: async () => running,
  })
  const sending = (agentId: string) => {
    let complete = () => {}
    const whole = new Promise<void>((resolve) => {
      complete = resolve
    })
    const done = limitUpload(agentId, async () => {
      taken += 1
      await whole
      return [] as unknown as Parameters<Parameters<typeof createUploadLimiter>[0]['add']> // `add` above ignores it
    })
    return { complete, done }
  }
  return { sending, taken: () => taken, limitUpload, end: () => (running -= 1) }
}
const conflict = { code: 'conflict' }

test('a fourth upload of one agent is not read, while uploads of other agents are', async () => {
  const { sending, taken } = createFixture()
  const three = [sending('1'), sending('1'), sending('1')]
  const [fourth, other] = [sending('1'), sending('2')]
  await expect(fourth.done).rejects.toMatchObject(conflict)
  other.complete()
  await expect(other.done).resolves.toEqual({ id: '1' })
  expect(taken()).toBe(4)
  for (const { complete } of three) complete()
  await Promise.allSettled(three.map(({ done }) => done))
})

test('a rejected or failed upload frees its slot', async () => {
  const { limitUpload, sending, end } = createFixture()
  for (let n = 0; n < 5; n += 1) {
    await expect(
      limitUpload('1', () => Promise.reject(new Error('the list did not come whole'))),
    ).rejects.toThrow('whole')
  }
  for (let n = 0; n < 3; n += 1) {
    const one = sending('1')
    one.complete()
    await one.done
  }
  await expect(sending('1').done).rejects.toMatchObject(conflict)
  end()
  const next = sending('1')
  next.complete()
  await expect(next.done).resolves.toBeDefined()
})
