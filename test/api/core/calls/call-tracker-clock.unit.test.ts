import { describe, expect, test } from 'vitest'
import type { PbxEvent } from '../../../../api/core/calls/pbx-events.ts'
import { about, born, gone, rings, SECOND } from './fixtures/pbx-events.ts'
import { trackerAfter } from './fixtures/recorded-events.ts'

describe('a clock that is set back by 5 minutes', () => {
  const back: PbxEvent = { kind: 'clock_set_back', at: 10 * SECOND, setBackBy: 300 * SECOND }
  const talk = [
    born('a', 'a', '101', 300, { state: 'dialling', dialedExtension: '102' }),
    born('b', 'a', '102', 301),
    rings('a', 'b', 301),
    about('b', 304, { state: 'up' }),
    about('a', 304, { state: 'up' }),
  ]

  test('lets later events apply', () => {
    const tracker = trackerAfter([...talk, about('b', 306, { holds: true })])
    expect(tracker.find('a')?.state).toBe('held')
    for (const event of [back, about('b', 10, { holds: false })]) tracker.handle(event)
    expect(tracker.find('a')?.state).toBe('up')
    for (const event of [gone('b', 14), gone('a', 14)]) tracker.handle(event)
    expect(tracker.find('a')).toMatchObject({ state: 'ended', outcome: 'answered' })
  })

  test('makes no call longer or shorter', () => {
    const tracker = trackerAfter([...talk, back, gone('b', 14), gone('a', 14)])
    const { startedAt = 0, answeredAt = 0, endedAt } = tracker.find('a') ?? {}
    expect([answeredAt - startedAt, (endedAt ?? 0) - answeredAt]).toEqual([4 * SECOND, 10 * SECOND])
  })

  test('changes no call that has ended', () => {
    const over = [...talk, gone('b', 305), gone('a', 305)]
    const before = trackerAfter(over).find('a')
    const tracker = trackerAfter([...over, back])
    expect(tracker.find('a')).toEqual(before)
  })

  test('leaves no live call when a list lacks its channel', () => {
    const tracker = trackerAfter([...talk, back])
    tracker.reconcile(new Set(), 11 * SECOND)
    expect(tracker.live()).toEqual([])
  })
})
