import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EndTimeOfDay, formatTimeOfDay, StartTimeOfDay } from '../../../../api/http/crm/time-of-day.ts'

/** RFC 3339 §5.6, partial-time. */
const PARTIAL_TIME = /^([01]\d|2[0-3]):[0-5]\d:[0-5]\d$/

test('each minute of a day is formatted as an RFC 3339 time that parses to the same minute', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_439 }), (minute) => {
      expect(formatTimeOfDay(minute)).toMatch(PARTIAL_TIME)
      expect(StartTimeOfDay.parse(formatTimeOfDay(minute))).toBe(minute)
    }),
  )
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_440 }), (minute) => {
      expect(formatTimeOfDay(minute)).toMatch(PARTIAL_TIME)
      expect(EndTimeOfDay.parse(formatTimeOfDay(minute))).toBe(minute)
    }),
  )
})

describe('time of day', () => {
  test.each([
    ['09:00', 540],
    ['09:00:00', 540],
    ['09:00:00.000', 540],
    ['00:00', 0],
    ['23:59', 1_439],
  ])('accepts %s as the start of calling hours', (clock, minute) =>
    expect(StartTimeOfDay.parse(clock)).toBe(minute),
  )

  test.each([
    ['21:00', 1_260],
    ['23:59', 1_439],
    ['23:59:00', 1_439],
    ['23:59:59', 1_440],
    ['23:59:59.999', 1_440],
    ['24:00', 1_440],
    ['24:00:00', 1_440],
    ['00:00', 1_440],
    ['00:00:00', 1_440],
  ])('accepts %s as the end of calling hours', (clock, minute) =>
    expect(EndTimeOfDay.parse(clock)).toBe(minute),
  )

  test.each(['24:00', '23:59:59', '09:00:30', '9:00', '09:60', '25:00', '09:00Z', '09:00 am', '', '09'])(
    'rejects %j as the start of calling hours',
    (clock) => expect(StartTimeOfDay.safeParse(clock).success).toBe(false),
  )
  test.each(['24:01', '24:00:01', '21:00:59', '9:00', '23:60', '21:00+02:00', ' 21:00', ''])(
    'rejects %j as the end of calling hours',
    (clock) => expect(EndTimeOfDay.safeParse(clock).success).toBe(false),
  )
})
