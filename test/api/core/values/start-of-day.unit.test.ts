import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { startOfDay } from '../../../../api/core/values/start-of-day.ts'

const at = (text: string) => Date.parse(text) / 1000

describe('today began', () => {
  test.each([
    ['at midnight', '2026-01-31T15:00:00Z', 'Europe/Berlin', '2026-01-30T23:00:00Z'],
    ['now, in its first second', '2026-01-30T23:00:00Z', 'Europe/Berlin', '2026-01-30T23:00:00Z'],
    ['a day ago but for one second', '2026-01-30T22:59:59Z', 'Europe/Berlin', '2026-01-29T23:00:00Z'],
    ['24 hours back, on the day of 25', '2026-10-25T22:30:00Z', 'Europe/Berlin', '2026-10-24T22:00:00Z'],
    ['on the day of 23', '2026-03-29T21:30:00Z', 'Europe/Berlin', '2026-03-28T23:00:00Z'],
    [
      'at one, where there was no midnight',
      '2024-09-08T12:00:00Z',
      'America/Santiago',
      '2024-09-08T04:00:00Z',
    ],
    ['at a broken hour', '2026-01-31T00:00:00Z', 'Asia/Kathmandu', '2026-01-30T18:15:00Z'],
  ])('%s', (_, now, zone, expected) => {
    expect(new Date(startOfDay(at(now), zone) * 1000).toISOString()).toBe(new Date(expected).toISOString())
  })

  test('never later than now, never more than 25 hours ago, and idempotent', () => {
    const zone = fc.constantFrom(
      'UTC',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kolkata',
      'Pacific/Kiritimati',
    )
    const now = fc.integer({ min: at('2020-01-01T00:00:00Z'), max: at('2035-01-01T00:00:00Z') })
    fc.assert(
      fc.property(now, zone, (now, zone) => {
        const start = startOfDay(now, zone)
        expect(start).toBeLessThanOrEqual(now)
        expect(now - start).toBeLessThan(25 * 3_600)
        expect(startOfDay(start, zone)).toBe(start)
      }),
      { numRuns: 100 },
    )
  })

  test('throws for an unknown time zone', () => {
    expect(() => startOfDay(0, 'Europe/Nowhere')).toThrow(RangeError)
  })
})
