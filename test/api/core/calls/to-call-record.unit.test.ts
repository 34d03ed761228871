import { describe, expect, test } from 'vitest'
import type { Call } from '../../../../api/core/calls/call.ts'
import { leg, record, second, startedAt } from './fixtures/ended-calls.ts'

describe('the record of a call', () => {
  test('contains its parties, times, durations, outcome and recordings', () => {
    const start = Math.floor(startedAt / second)
    expect(record()).toEqual({
      id: '1769903998.6',
      direction: 'incoming',
      fromNumber: '+493012345',
      fromName: 'Bob',
      toNumber: '1001',
      toName: 'Anna',
      startedAt: start,
      answeredAt: start + 5,
      endedAt: start + 65,
      duration: 65,
      billable: 60,
      outcome: 'answered',
      cause: 16,
      recordings: ['1769903998.6.wav'],
      parties: [{ userId: '1', extension: '1001', answered: true, called: true }],
    })
  })

  test.each<[string, Partial<Call>, object]>([
    [
      'an unanswered call has no billable seconds',
      { answeredAt: undefined, outcome: 'no_answer' },
      { answeredAt: null, billable: 0, duration: 65 },
    ],
    [
      'a call that ended while no API was connected has an unknown outcome',
      { outcome: undefined },
      { outcome: 'unknown' },
    ],
    ['a call without a reported cause has none', { cause: undefined }, { cause: null }],
    ['a call that was not recorded has no file', { recordings: [] }, { recordings: [] }],
    ['a clock that was set back gives no negative time', { endedAt: startedAt - second }, { duration: 0 }],
    ['a part of a second does not count', { endedAt: startedAt + 1_999_999 }, { duration: 1 }],
    [
      'a user whose phone rang twice is one party, who answered if one of both did',
      {
        legs: [
          leg(),
          leg({ channelId: '1769903998.9', answeredAt: undefined }),
          leg({ endpoint: '1002', answeredAt: undefined }),
        ],
      },
      {
        parties: [
          { userId: '1', extension: '1001', answered: true },
          { userId: '2', extension: '1002', answered: false },
        ],
      },
    ],
    [
      'a party was called unless it called or refused at one of its phones',
      {
        legs: [
          leg({ role: 'caller', answeredAt: undefined }),
          leg({ endpoint: '1002', role: 'callee', answeredAt: undefined }),
          leg({ endpoint: '1003', role: 'callee', answeredAt: undefined }),
          leg({ endpoint: '1003', channelId: '1769903998.9', answeredAt: undefined, refused: true }),
        ],
      },
      {
        parties: [
          { userId: '1', extension: '1001', answered: false },
          { userId: '2', extension: '1002', answered: false, called: true },
          { userId: '3', extension: '1003', answered: false },
        ],
      },
    ],
    [
      'trunks and other channels without a phone are no parties',
      { legs: [leg({ endpoint: 'trunk' }), leg({ endpoint: undefined })] },
      { parties: [] },
    ],
  ])('%s', (_, difference, kept) => {
    expect(record(difference)).toMatchObject(kept)
  })

  test('cannot be made of a live call', () => {
    expect(() => record({ endedAt: undefined })).toThrow(TypeError)
  })
})
