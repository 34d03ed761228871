import { expect, test } from 'vitest'
import { aCall } from './fixtures/calls.ts'
import { createFixture, ENDED } from './fixtures/history-writer.ts'

test('an ended call is written, with the users of the phones in it', async () => {
  const { writer, listener, records } = createFixture()
  listener(ENDED, undefined)
  await writer.flush()
  expect(records.get(ENDED.id)).toMatchObject({
    outcome: 'answered',
    parties: [{ userId: '2' }, { userId: '3' }],
  })
})

test('a backlog yields to other work, also with a database that blocks', async () => {
  const { state, writer, listener, records } = createFixture()
  state.fence = undefined
  for (let n = 0; n < 100; n += 1) listener({ ...ENDED, id: `${n}` }, undefined)
  state.fence = 1
  const writtenByThen = new Promise((resolve) => setImmediate(() => resolve(records.size)))
  await writer.flush()
  expect(records.size).toBe(100)
  expect(await writtenByThen).toBeLessThan(50)
})

test('a live call is not written', async () => {
  const { writer, listener, records } = createFixture()
  listener(aCall(), undefined)
  await writer.flush()
  expect(records.size).toBe(0)
})

test('an API without the lease writes nothing, and all calls of the last minute once it gets it', async () => {
  const { state, writer, listener, records } = createFixture()
  state.fence = undefined
  listener(ENDED, undefined)
  await writer.flush()
  expect(records.size).toBe(0)
  state.fence = 2
  state.now += 50_000
  await writer.flush()
  expect(records.has(ENDED.id)).toBe(true)
})

test('a call that could not be written is written when the database is back', async () => {
  const { state, writer, listener, records } = createFixture()
  state.isAway = true
  listener(ENDED, undefined)
  await expect(writer.flush()).rejects.toThrow()
  state.isAway = false
  await writer.flush()
  expect(records.has(ENDED.id)).toBe(true)
})

test('a call that can never be written does not block others', async () => {
  const { writer, listener, records } = createFixture()
  listener({ ...ENDED, id: 'poison' }, undefined)
  listener(ENDED, undefined)
  await writer.flush()
  await writer.flush()
  expect([...records.keys()]).toEqual([ENDED.id])
})

test('a call that only led into another one is not written', async () => {
  const { writer, listener, records } = createFixture()
  listener({ ...ENDED, outcome: 'cancelled', mergedIntoAnother: true }, undefined)
  await writer.flush()
  expect(records.size).toBe(0)
})

test('an unavailable database fails each flush, and is not reported for each call that ends', async () => {
  const { state, writer, listener, records, errors } = createFixture()
  state.isAway = true
  for (const id of ['a', 'b', 'c']) {
    listener({ ...ENDED, id }, undefined)
    await new Promise((resolve) => setImmediate(resolve))
  }
  await expect(writer.flush()).rejects.toThrow(expect.objectContaining({ code: 'unavailable' }))
  expect(errors).toEqual([])
  state.isAway = false
  await writer.flush()
  expect([...records.keys()]).toEqual(['a', 'b', 'c'])
})
