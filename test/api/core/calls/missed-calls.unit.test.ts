import { describe, expect, test } from 'vitest'
import { createMissedCalls } from '../../../../api/core/calls/missed-calls.ts'

const DAY = 86_400
const NOW = 1_750_000_000

describe('missed calls', () => {
  function createFixture(mark?: number) {
    const marks: number[] = mark === undefined ? [] : [mark]
    const missed = createMissedCalls({
      history: { countMissed: async (_, since, max) => Math.min(max, NOW - since) },
      marks: { find: async () => marks.at(-1), advance: async (_, at) => void marks.push(at) },
      now: () => NOW * 1000,
    })
    return { missed, marks }
  }

  test.each([
    ['without a mark those of 30 days', undefined, NOW - 30 * DAY, 1_000],
    ['those since the mark', NOW - 60, NOW - 60, 60],
    ['those of 30 days after an old mark', NOW - 31 * DAY, NOW - 30 * DAY, 1_000],
  ])('count %s', async (_, mark, since, count) => {
    expect(await createFixture(mark).missed.count('1')).toEqual({ count, since, seenUntil: mark })
  })

  test('are marked as seen up to now, never later', async () => {
    const { missed, marks } = createFixture()
    await missed.markSeen('1', NOW - 5)
    await missed.markSeen('1', NOW + 60)
    expect(marks).toEqual([NOW - 5, NOW])
  })
})
