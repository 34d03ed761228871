import { expect, test } from 'vitest'
import { countStates } from '../../../console/screens/today/count-states.ts'

test('counts live calls by what happens in them, and none that has ended', () => {
  const states = ['asked', 'dialling', 'ringing', 'up', 'up', 'held', 'parked', 'ended'] as const
  expect(countStates(states.map((state) => ({ state })))).toEqual({
    connected: 2,
    ringing: 3,
    waiting: 2,
    total: 7,
  })
})
