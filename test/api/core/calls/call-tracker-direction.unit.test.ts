import { describe, expect, test } from 'vitest'
import { born, rings } from './fixtures/pbx-events.ts'
import { trackerAfter } from './fixtures/recorded-events.ts'

describe('the direction of a call', () => {
  const call = (caller: string, callee?: string) =>
    trackerAfter([
      born('a', 'a', caller, 1, { state: 'dialling', dialedExtension: '600' }),
      ...(callee === undefined ? [] : [born('b', 'a', callee, 2), rings('a', 'b', 2)]),
    ]).find('a')

  test.each([
    ['between own phones is internal', '101', '102', 'internal'],
    ['of an own phone with the PBX itself is internal', '101', undefined, 'internal'],
    ['from a trunk is incoming', 'trunk', '101', 'incoming'],
    ['from a trunk to the PBX itself is incoming', 'trunk', undefined, 'incoming'],
    ['from one trunk to another is incoming', 'trunk', 'trunk-2', 'incoming'],
    ['to a trunk is outgoing', '101', 'trunk', 'outgoing'],
  ])('%s', (_, caller, callee, direction) => {
    expect(call(caller, callee)?.direction).toBe(direction)
  })
})
