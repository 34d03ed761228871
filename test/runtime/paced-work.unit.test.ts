import { expect, test } from 'vitest'
import { createPacedWork } from '../../runtime/paced-work.ts'
import { createFakeClock } from '../support/fixtures/work-clock.ts'

test('work rests for as long as it took, after 10 ms of it', async () => {
  const { clock, work, rests } = createFakeClock()
  const pace = createPacedWork(clock)
  work(6)
  await pace()
  expect(rests).toEqual([])
  work(6)
  await pace()
  await pace()
  work(300)
  await pace()
  expect(rests).toEqual([12, 300])
})

test('no rest is longer than a second', async () => {
  const { clock, work, rests } = createFakeClock()
  const pace = createPacedWork(clock)
  work(3_600_000)
  await pace()
  expect(rests).toEqual([1_000])
})
