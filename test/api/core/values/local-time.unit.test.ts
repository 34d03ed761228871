import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fromLocalTime, toLocalTime } from '../../../../api/core/values/local-time.ts'

const utc = (seconds: number) => new Date(seconds * 1_000).toISOString().slice(0, 16)

describe('a local time', () => {
  test.each([
    ['2026-12-01T10:00', 'Europe/Berlin', '2026-12-01T09:00'],
    ['2026-07-01T10:00', 'Europe/Berlin', '2026-07-01T08:00'],
    ['2026-12-01T10:00', 'America/New_York', '2026-12-01T15:00'],
    ['2026-12-01T10:00', 'Asia/Kathmandu', '2026-12-01T04:15'],
    ['2026-12-01T10:00', 'Pacific/Kiritimati', '2026-11-30T20:00'],
    ['2026-12-01T10:00', 'UTC', '2026-12-01T10:00'],
  ])('%s in %s is %s in UTC', (local, zone, expected) => {
    expect(utc(fromLocalTime(local, zone))).toBe(expected)
  })

  test.each([
    [
      'that clocks skip is read with the offset before',
      '2026-03-29T02:30',
      'Europe/Berlin',
      '2026-03-29T01:30',
    ],
    ['just before clocks go forward', '2026-03-29T01:59', 'Europe/Berlin', '2026-03-29T00:59'],
    ['just after clocks go forward', '2026-03-29T03:00', 'Europe/Berlin', '2026-03-29T01:00'],
    ['that comes twice is the first one', '2026-10-25T02:30', 'Europe/Berlin', '2026-10-25T00:30'],
    ['after clocks went back', '2026-10-25T03:00', 'Europe/Berlin', '2026-10-25T02:00'],
    ['of a half hour of summer time', '2026-10-04T02:15', 'Australia/Lord_Howe', '2026-10-03T15:45'],
    ['on a day that a zone skips', '2011-12-30T10:00', 'Pacific/Apia', '2011-12-30T20:00'],
  ])('%s', (_, local, zone, expected) => {
    expect(utc(fromLocalTime(local, zone))).toBe(expected)
  })

  test('that exists is read as it is shown', () => {
    const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone').filter((zone) => zone.includes('/')))
    // Minutes from 2020 to 2030.
    const minutes = fc.integer({ min: 26_297_280, max: 31_556_160 })
    fc.assert(
      fc.property(zones, minutes, (zone, minute) => {
        const at = minute * 60
        const shown = toLocalTime(at, zone)
        const read = fromLocalTime(shown, zone)
        expect(toLocalTime(read, zone)).toBe(shown)
        // The first of two.
        expect(read).toBeLessThanOrEqual(at)
      }),
    )
  })
})
