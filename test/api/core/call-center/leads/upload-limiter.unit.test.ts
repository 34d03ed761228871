import { expect, test } from 'vitest'
import type { LeadImport } from '../../../../../api/core/call-center/leads/lead-import.ts'
import { createUploadLimiter } from '../../../../../api/core/call-center/leads/upload-limiter.ts'

const world = () => {
  let running = 0
  let taken = 0
  const receive = createUploadLimiter({
    async add() {
      running += 1
      return { id: String(running) } as LeadImport // no more is looked at
    },
    countRunning: async () => running,
  })
  const sending = (agentId: string) => {
    let come = () => {}
    const whole = new Promise<void>((resolve) => {
      come = resolve
    })
    const done = receive(agentId, async () => {
      taken += 1
      await whole
      return [] as unknown as Parameters<Parameters<typeof createUploadLimiter>[0]['add']> // handed on alone
    })
    return { come, done }
  }
  return { sending, taken: () => taken, receive, end: () => (running -= 1) }
}
const conflict = { code: 'conflict' }

test('a fourth list of one person is not even read, while those of others are', async () => {
  const { sending, taken } = world()
  const three = [sending('1'), sending('1'), sending('1')]
  const [fourth, other] = [sending('1'), sending('2')]
  await expect(fourth.done).rejects.toMatchObject(conflict)
  other.come()
  await expect(other.done).resolves.toEqual({ id: '1' })
  expect(taken()).toBe(4)
  for (const { come } of three) come()
  await Promise.allSettled(three.map(({ done }) => done))
})

test('what is refused or breaks off leaves its place to others', async () => {
  const { receive, sending, end } = world()
  for (let n = 0; n < 5; n += 1) {
    await expect(
      receive('1', () => Promise.reject(new Error('the list did not come whole'))),
    ).rejects.toThrow('whole')
  }
  for (let n = 0; n < 3; n += 1) {
    const one = sending('1')
    one.come()
    await one.done
  }
  await expect(sending('1').done).rejects.toMatchObject(conflict)
  end()
  const next = sending('1')
  next.come()
  await expect(next.done).resolves.toBeDefined()
})
