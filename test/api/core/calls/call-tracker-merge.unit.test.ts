import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { PbxEvent } from '../../../../api/core/calls/pbx-events.ts'
import { about, born, gone, rings, SECOND } from './fixtures/pbx-events.ts'
import { newTracker, trackerAfter } from './fixtures/recorded-events.ts'

function expectSameInAnyOrder(events: readonly PbxEvent[]): void {
  const inOrder = trackerAfter(events)
  fc.assert(
    fc.property(fc.shuffledSubarray([...events], { minLength: events.length }), (all) => {
      const tracker = trackerAfter(all)
      expect(tracker.live()).toEqual(inOrder.live())
      expect(tracker.find('a2')).toEqual(inOrder.find('a2'))
    }),
  )
}

describe('a call that merges into another', () => {
  /** 101 talks with 102 and, in a second call, with 103; then it joins the two calls and leaves. */
  const two = [
    born('a1', 'a1', '101', 1, { state: 'dialling', dialedExtension: '102' }),
    born('b', 'a1', '102', 1),
    rings('a1', 'b', 1),
    about('b', 2, { state: 'up' }),
    about('a1', 2, { state: 'up' }),
    born('a2', 'a2', '101', 3, { state: 'dialling', dialedExtension: '103' }),
    born('c', 'a2', '103', 3),
    rings('a2', 'c', 3),
    about('c', 4, { state: 'up', callId: 'a2' }),
    about('a2', 4, { state: 'up', callId: 'a2' }),
  ]
  const joined = [about('c', 6, { callId: 'a1' }), gone('a1', 6), gone('a2', 7)]

  test('has ended, and was answered', () => {
    const tracker = trackerAfter([...two, ...joined])
    expect(tracker.live().map(({ id }) => id)).toEqual(['a1'])
    expect(tracker.find('a1')).toMatchObject({ state: 'up', answeredAt: 2 * SECOND })
    expect(tracker.find('a2')).toMatchObject({ state: 'ended', outcome: 'answered', endedAt: 7 * SECOND })
    expect(tracker.ofEndpoints(['103']).map(({ id }) => id)).toEqual(['a1'])
  })

  test('does so for events in any order', () => expectSameInAnyOrder([...two, ...joined]))

  test('is reported as ended once, and does not return while the other one goes on', () => {
    const { tracker, reported, clock } = newTracker()
    for (const event of [...two, ...joined]) {
      tracker.handle(event)
      tracker.flush()
    }
    expect(reported.filter(({ id, state }) => id === 'a2' && state === 'ended')).toHaveLength(1)
    clock.ms += 60_000
    tracker.tick()
    expect(tracker.find('a2')).toBeUndefined()
    tracker.handle(about('c', 8, { holds: true }))
    tracker.flush()
    expect(tracker.find('a2')).toBeUndefined()
    expect(tracker.find('a1')?.state).toBe('held')
  })

  describe('by a bridge, before the PBX reports the merged call', () => {
    const met = [
      about('b', 5, { bridge: 'x', callId: 'a1' }),
      about('c', 6, { bridge: 'x', callId: 'a2' }),
      gone('a1', 7),
      gone('a2', 7),
    ]

    test('becomes part of the older call', () => {
      const tracker = trackerAfter([...two, ...met])
      expect(tracker.live().map(({ id, legs }) => [id, legs.map(({ state }) => state)])).toEqual([
        ['a1', ['ended', 'up', 'up']],
      ])
      expect(tracker.find('a2')).toMatchObject({ state: 'ended', outcome: 'answered' })
      expect(tracker.ofEndpoints(['103']).map(({ id }) => id)).toEqual(['a1'])
    })

    test('does so for events in any order', () => expectSameInAnyOrder([...two, ...met]))

    test('is unchanged once the PBX reports it', () => {
      const { tracker, reported } = newTracker()
      for (const event of [...two, ...met]) tracker.handle(event)
      tracker.flush()
      const before = reported.length
      tracker.handle(about('c', 8, { callId: 'a1' }))
      tracker.flush()
      expect(reported).toHaveLength(before)
    })

    test('becomes the API’s own call if one of the two is: for the PBX its id is older than any', () => {
      const ours = [
        born('hk_1', 'hk_1', '104', 9, { state: 'up', bridge: 'x' }),
        about('c', 9, { bridge: 'x', callId: 'a2' }),
      ]
      const tracker = trackerAfter([...two, ...ours])
      expect(tracker.ofEndpoints(['103']).map(({ id }) => id)).toEqual(['hk_1'])
    })
  })

  test('of a channel that was just created was no call', () => {
    const tracker = trackerAfter([
      born('a', 'a', '101', 1, { state: 'dialling' }),
      born('b', 'b', '102', 1),
      about('b', 2, { callId: 'a' }),
    ])
    expect(tracker.find('b')).toBeUndefined()
    expect(tracker.live()).toHaveLength(1)
  })
})
