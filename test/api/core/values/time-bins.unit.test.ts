import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { binIndex, dayOf, type TimeBin, timeBins } from '../../../../api/core/values/time-bins.ts'
import { requireWallClock } from '../../../../api/core/values/time-zone.ts'

const ZONES = [
  ...['UTC', 'Europe/Berlin', 'America/New_York', 'America/Santiago', 'Asia/Kathmandu', 'Asia/Kolkata'],
  ...['Australia/Lord_Howe', 'Pacific/Chatham', 'Pacific/Apia', 'Africa/Casablanca', 'Pacific/Kiritimati'],
]
const clockAt = (at: number, zone: string) => requireWallClock(zone)(at * 1_000)
const iso = (at: number | undefined) => new Date((at ?? Number.NaN) * 1_000).toISOString()
const day = (n: number) => new Date(Date.parse('2010-01-01') + n * 86_400_000).toISOString().slice(0, 10)
const range = fc
  .tuple(fc.integer({ min: 0, max: 9_000 }), fc.integer({ min: 0, max: 20 }))
  .map(([first, more]) => ({ from: day(first), to: day(first + more) }))
const zones = fc.constantFrom(...ZONES)
const expectNoGaps = (bins: readonly TimeBin[]) =>
  bins.forEach((bin, index) => {
    expect(bin.end).toBeGreaterThan(bin.start)
    expect(bins[index + 1]?.start ?? bin.end).toBe(bin.end)
  })

describe('bins of time', () => {
  test.each([
    ['2026-10-25', 25],
    ['2026-03-29', 23],
    ['2026-11-29', 24],
  ])('%s has %i hours in Berlin', (one, hours) => {
    const bins = timeBins('hour', { from: one, to: one }, 'Europe/Berlin')
    expect(bins).toHaveLength(hours)
    expect(timeBins('day', { from: one, to: one }, 'Europe/Berlin')).toEqual([
      { start: bins[0]?.start, end: bins.at(-1)?.end },
    ])
  })

  test('an hour that comes twice is two bins, and one that is skipped is none', () => {
    const hoursOf = (one: string) =>
      timeBins('hour', { from: one, to: one }, 'Europe/Berlin').map(({ start }) =>
        clockAt(start, 'Europe/Berlin').slice(11, 16),
      )
    expect(hoursOf('2026-10-25').slice(1, 5)).toEqual(['01:00', '02:00', '02:00', '03:00'])
    expect(hoursOf('2026-03-29').slice(1, 4)).toEqual(['01:00', '03:00', '04:00'])
  })

  test('where clocks move by half an hour, a bin ends at the change', () => {
    const bins = timeBins('hour', { from: '2026-04-05', to: '2026-04-05' }, 'Australia/Lord_Howe')
    expect(bins.slice(1, 4).map(({ start }) => clockAt(start, 'Australia/Lord_Howe').slice(11, 16))).toEqual([
      '01:00',
      '01:30',
      '02:00',
    ])
    expect(iso(bins.at(-1)?.end)).toBe('2026-04-05T13:30:00.000Z')
  })

  test('a day that a place skipped has no bin', () => {
    const bins = timeBins('day', { from: '2011-12-29', to: '2011-12-31' }, 'Pacific/Apia')
    expect(bins.map(({ start }) => dayOf(start, 'Pacific/Apia'))).toEqual(['2011-12-29', '2011-12-31'])
  })

  test('days begin with the first second of their date, and have no gaps', () => {
    fc.assert(
      fc.property(range, zones, (days, zone) => {
        const bins = timeBins('day', days, zone)
        expectNoGaps(bins)
        for (const { start, end } of bins) {
          expect(dayOf(start - 1, zone) < dayOf(start, zone)).toBe(true)
          expect(dayOf(end - 1, zone)).toBe(dayOf(start, zone))
        }
      }),
      { numRuns: 50 },
    )
  })

  test('hours fill their days, are at most one hour long, and begin with a full hour or a change of the clock', () => {
    fc.assert(
      fc.property(range, zones, (days, zone) => {
        const bins = timeBins('hour', days, zone)
        expectNoGaps(bins)
        const whole = timeBins('day', days, zone)
        expect([bins[0]?.start, bins.at(-1)?.end]).toEqual([whole[0]?.start, whole.at(-1)?.end])
        for (const { start, end } of bins) {
          expect(end - start).toBeLessThanOrEqual(3_600)
          const isFullHour = clockAt(start, zone).slice(14) === '00:00'
          const isChange = offsetAt(start, zone) !== offsetAt(start - 3_600, zone)
          expect(isFullHour || isChange, iso(start)).toBe(true)
        }
      }),
      { numRuns: 30 },
    )
  })

  test('each time is in the one bin that includes it, and none outside', () => {
    const bins = timeBins('hour', { from: '2026-10-24', to: '2026-10-26' }, 'Europe/Berlin')
    const [first, last] = [bins[0]?.start ?? 0, bins.at(-1)?.end ?? 0]
    fc.assert(
      fc.property(fc.integer({ min: first - 9_000, max: last + 9_000 }), (at) => {
        expect(binIndex(bins, at)).toBe(bins.findIndex(({ start, end }) => start <= at && at < end))
      }),
    )
  })
})

const offsetAt = (at: number, zone: string) => Date.parse(`${clockAt(at, zone)}Z`) / 1_000 - at
