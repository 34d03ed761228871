import { expect, test } from 'vitest'
import type { PlacedCall } from '../../../../api/core/calls/call-history.ts'
import { aCall, aLeg } from './fixtures/calls.ts'
import { createFixture, ENDED } from './fixtures/history-writer.ts'

const PLACED: PlacedCall = {
  id: 'hk_1',
  userId: '2',
  number: '1003',
  createdAt: 1_700_000_000,
  outcome: null,
}

test('a placed call without a ringing phone belongs to its user all the same, and no longer counts', async () => {
  const { state, writer, listener, records, placedCalls, released } = createFixture()
  placedCalls.set('hk_1', { ...PLACED, createdAt: state.now / 1000 - 10 })
  listener(
    { ...ENDED, id: 'hk_1', legs: [], outcome: 'own_unavailable', to: { number: '', name: '' } },
    undefined,
  )
  await writer.flush()
  expect(records.get('hk_1')).toMatchObject({
    fromNumber: '1001',
    toNumber: '1003',
    parties: [{ userId: '2' }],
  })
  expect(placedCalls.get('hk_1')?.outcome).toBe('own_unavailable')
  expect(released).toEqual(['hk_1'])
})

test('a placed call that the PBX never reported is completed after the timeout, and not before', async () => {
  const { state, writer, records, placedCalls, released } = createFixture()
  placedCalls.set('hk_1', { ...PLACED, createdAt: state.now / 1000 - 59 })
  await writer.flush()
  expect(placedCalls.get('hk_1')?.outcome).toBeNull()
  state.now += 2_000
  await writer.flush()
  expect(placedCalls.get('hk_1')?.outcome).toBe('unknown')
  expect(records.get('hk_1')).toMatchObject({ outcome: 'unknown', toNumber: '1003' })
  expect(released).toEqual(['hk_1'])
})

test('a placed call that the PBX never reported is hung up first, in case that the PBX gets it later', async () => {
  for (const refusesHangups of [false, true]) {
    const { state, writer, placedCalls, hangups } = createFixture()
    state.refusesHangups = refusesHangups
    placedCalls.set('hk_1', { ...PLACED, createdAt: state.now / 1000 - 59 })
    await writer.flush()
    expect(hangups).toEqual([])
    state.now += 2_000
    await writer.flush()
    expect(hangups).toEqual([{ callId: 'hk_1', hadOutcome: false }])
    expect(placedCalls.get('hk_1')?.outcome).toBe('unknown')
  }
})

test('a live placed call goes on counting', async () => {
  const { state, writer, placedCalls, heartbeats, hangups } = createFixture()
  placedCalls.set('hk_1', PLACED)
  state.live = [aCall({ id: 'hk_1', legs: [aLeg('1001')] })]
  await writer.flush()
  expect(heartbeats).toEqual(['hk_1'])
  expect(hangups).toEqual([])
  expect(placedCalls.get('hk_1')?.outcome).toBeNull()
})
