import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  calendarDay,
  daysBetween,
  offsetSpans,
  timeBins,
} from '../../../../../api/core/call-center/stats/figure-bins.ts'

const seconds = (time: string) => Date.parse(time) / 1000
const binsOf = (size: 'hour' | 'day', first: string, last: string, zone: string) =>
  timeBins(size, offsetSpans(daysBetween(first, last, zone), zone), zone)
const starts = (...args: Parameters<typeof binsOf>) =>
  binsOf(...args).map(({ from }) => new Date(from * 1000).toISOString().replace(':00.000Z', ''))

describe('days', () => {
  test.each([
    ['UTC', '2026-01-31', '2026-01-31T00:00:00Z', '2026-02-01T00:00:00Z'],
    ['Asia/Kolkata', '2026-01-31', '2026-01-30T18:30:00Z', '2026-01-31T18:30:00Z'],
    ['Pacific/Kiritimati', '2026-01-31', '2026-01-30T10:00:00Z', '2026-01-31T10:00:00Z'],
    ['Pacific/Pago_Pago', '2026-01-31', '2026-01-31T11:00:00Z', '2026-02-01T11:00:00Z'],
    // Clocks are set forward: 23 hours.
    ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00Z', '2026-03-29T22:00:00Z'],
    // Set back: 25 hours.
    ['Europe/Berlin', '2026-10-25', '2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z'],
    // Set forward at midnight: the day begins at 01:00.
    ['America/Santiago', '2026-09-06', '2026-09-06T04:00:00Z', '2026-09-07T03:00:00Z'],
  ])('of %s: %s', (zone, day, from, until) => {
    expect(daysBetween(day, day, zone)).toEqual({ from: seconds(from), until: seconds(until) })
  })

  test('a range has each of its days once', () => {
    expect(starts('day', '2026-03-28', '2026-03-30', 'Europe/Berlin')).toEqual([
      '2026-03-27T23:00',
      '2026-03-28T23:00',
      '2026-03-29T22:00',
    ])
  })

  test('a day that a zone has left out is empty', () => {
    expect(binsOf('day', '2011-12-30', '2011-12-30', 'Pacific/Apia')).toEqual([])
    expect(binsOf('day', '2011-12-29', '2011-12-31', 'Pacific/Apia')).toHaveLength(2)
  })
})

describe('hours', () => {
  test('an hour that does not exist is left out, one that comes twice is two', () => {
    expect(binsOf('hour', '2026-03-29', '2026-03-29', 'Europe/Berlin')).toHaveLength(23)
    expect(binsOf('hour', '2026-10-25', '2026-10-25', 'Europe/Berlin')).toHaveLength(25)
  })

  test('begin with the hour of the zone, also where that is half an hour off', () => {
    expect(starts('hour', '2026-01-31', '2026-01-31', 'Asia/Kolkata').slice(0, 2)).toEqual([
      '2026-01-30T18:30',
      '2026-01-30T19:30',
    ])
  })

  test('where clocks change by half an hour, that half hour is one of its own', () => {
    const bins = binsOf('hour', '2026-04-05', '2026-04-05', 'Australia/Lord_Howe')
    expect(bins.reduce((all, { from, until }) => all + until - from, 0)).toBe(24.5 * 3_600)
    expect(bins.filter(({ from, until }) => until - from !== 3_600)).toHaveLength(1)
  })
})

const anyZone = fc.constantFrom(
  ...[
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'America/Santiago',
  ],
  ...['Africa/Casablanca', 'Pacific/Chatham', 'America/St_Johns', 'Asia/Tehran'],
)
const anyDay = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2030-12-31'), noInvalidDate: true })
  .map((day) => day.toISOString().slice(0, 10))

test('bins join without a gap, cover the range, and are of the same local hour or day all through', () => {
  fc.assert(
    fc.property(anyZone, anyDay, fc.integer({ min: 0, max: 9 }), (zone, first, more) => {
      const last = new Date(Date.parse(first) + more * 86_400_000).toISOString().slice(0, 10)
      const range = daysBetween(first, last, zone)
      for (const size of ['hour', 'day'] as const) {
        const bins = timeBins(size, offsetSpans(range, zone), zone)
        expect(bins[0]?.from).toBe(range.from)
        expect(bins.at(-1)?.until).toBe(range.until)
        for (const [n, { from, until }] of bins.entries()) {
          expect(until).toBeGreaterThan(from)
          expect(bins[n + 1]?.from ?? range.until).toBe(until)
          if (size === 'day') expect(calendarDay(until - 1, zone)).toBe(calendarDay(from, zone))
          else expect(until - from).toBeLessThanOrEqual(3_600)
        }
      }
    }),
    { numRuns: 40 },
  )
})
