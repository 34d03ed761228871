import { describe, expect, test } from 'vitest'
import { about, born, gone, rings, SECOND } from './fixtures/pbx-events.ts'
import { newTracker, trackerAfter } from './fixtures/recorded-events.ts'

describe('the answer of a call', () => {
  test('is that of the dialplan for a phone that calls an application', () => {
    const tracker = trackerAfter([
      born('a', 'a', '101', 1, { state: 'dialling', dialedExtension: '600' }),
      about('a', 2, { state: 'up' }),
    ])
    expect(tracker.find('a')).toMatchObject({ state: 'up', answeredAt: 2 * SECOND, to: { number: '600' } })
  })

  const ownPhoneUp = [
    born('hk_1', 'hk_1', '101', 1),
    rings(undefined, 'hk_1', 1),
    about('hk_1', 2, { state: 'up' }),
  ]

  test('is not that of the own phone, which is rung first, until no other event follows', () => {
    const { tracker, clock, reported } = newTracker()
    for (const event of ownPhoneUp) tracker.handle(event)
    tracker.flush()
    expect(tracker.find('hk_1')).toMatchObject({ state: 'ringing', answeredAt: undefined })
    clock.ms += 1_000
    tracker.tick()
    tracker.flush()
    expect(reported.at(-1)).toMatchObject({ state: 'up', answeredAt: 2 * SECOND })
  })

  test('does not exist for an unreachable number without a channel', () => {
    const tracker = trackerAfter([...ownPhoneUp, gone('hk_1', 3, 20)])
    expect(tracker.find('hk_1')).toMatchObject({ outcome: 'unavailable', answeredAt: undefined, cause: 20 })
  })

  test('is that of the first phone of a ring group, and the others stay as ended legs', () => {
    const tracker = trackerAfter([
      born('a', 'a', 'trunk', 1, { state: 'dialling', dialedExtension: '74951234567' }),
      born('b', 'a', '101', 2, { callerName: 'Ann' }),
      rings('a', 'b', 2),
      born('c', 'a', '102', 2, { callerName: 'Bob' }),
      rings('a', 'c', 2),
      about('c', 5, { state: 'up' }),
      about('a', 5, { state: 'up' }),
      gone('b', 5, 26),
    ])
    expect(tracker.find('a')).toMatchObject({
      state: 'up',
      answeredAt: 5 * SECOND,
      to: { number: '74951234567', name: 'Bob' },
    })
    expect(tracker.ofEndpoints(['102'])).toHaveLength(1)
    expect(tracker.ofEndpoints(['101'])).toEqual([])
  })
})
