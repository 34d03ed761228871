import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromLocalTime, isZone, toLocalTime } from '../../../console/components/zone-time.ts'

const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
]

describe('local times of a zone', () => {
  it.each([
    ['Europe/Berlin', '2026-12-01T10:00', '2026-12-01T09:00:00.000Z'],
    ['Europe/Berlin', '2026-07-01T10:00', '2026-07-01T08:00:00.000Z'],
    ['Asia/Kathmandu', '2026-12-01T00:30', '2026-11-30T18:45:00.000Z'],
    // Of the hour that comes twice, the first.
    ['Europe/Berlin', '2026-10-25T02:30', '2026-10-25T00:30:00.000Z'],
  ])('%s, %s', (zone, local, moment) => {
    expect(new Date(fromLocalTime(zone, local) ?? Number.NaN).toISOString()).toBe(moment)
  })

  it.each([
    ['is skipped when clocks are put forward', 'Europe/Berlin', '2026-03-29T02:30'],
    ['is on a day that a zone has skipped', 'Pacific/Apia', '2011-12-30T12:00'],
    ['is no time', 'UTC', ''],
    ['is no day', 'UTC', '2026-02-31T10:00'],
  ])('has none that %s', (_, zone, local) => {
    expect(fromLocalTime(zone, local)).toBeUndefined()
  })

  it('are those of the same moment, there and back', () => {
    const minutes = fc.integer({ min: Date.UTC(1990, 0) / 60_000, max: Date.UTC(2040, 0) / 60_000 })
    fc.assert(
      fc.property(fc.constantFrom(...ZONES), minutes, (zone, minute) => {
        const local = toLocalTime(zone, minute * 60_000)
        const back = fromLocalTime(zone, local)
        expect(back).toBeLessThanOrEqual(minute * 60_000)
        expect(toLocalTime(zone, back ?? 0)).toBe(local)
      }),
    )
  })

  it('knows zones by their names', () => {
    expect(['Europe/Berlin', 'Nowhere/City', ''].map(isZone)).toEqual([true, false, false])
  })
})
