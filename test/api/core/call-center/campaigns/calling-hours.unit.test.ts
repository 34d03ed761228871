import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type CallingHours,
  isOpen,
  nextOpening,
} from '../../../../../api/core/call-center/campaigns/calling-hours.ts'

const MINUTE = 60_000
const DAY = 1_440 * MINUTE
const office: CallingHours = { startMinute: 9 * 60, endMinute: 18 * 60, weekdays: [1, 2, 3, 4, 5] }
const at = (text: string) => Date.parse(text)

describe('calling hours', () => {
  test.each([
    ['at the first minute', '2026-11-20T08:00:00Z', true],
    ['a minute before', '2026-11-20T07:59:59Z', false],
    ['at the last minute', '2026-11-20T16:59:59Z', true],
    ['at the end, which is not included', '2026-11-20T17:00:00Z', false],
    ['on Saturday', '2026-11-21T10:00:00Z', false],
    ['in summer, when eight in UTC is ten', '2026-07-03T08:00:00Z', true],
    ['in summer at seven in UTC', '2026-07-03T07:00:00Z', true],
  ])('in Berlin %s (%s): open is %s', (_, time, open) => {
    expect(isOpen(office, 'Europe/Berlin', at(time))).toBe(open)
  })

  test.each([
    ['on a weekday morning, the same day', '2026-11-20T05:00:30Z', '2026-11-20T08:00:00Z'],
    ['on Friday evening, on Monday', '2026-11-20T19:00:00Z', '2026-11-23T08:00:00Z'],
    ['before the night the clock goes back, in winter time', '2026-10-23T19:00:00Z', '2026-10-26T08:00:00Z'],
    [
      'before the night the clock goes forward, in summer time',
      '2026-03-27T19:00:00Z',
      '2026-03-30T07:00:00Z',
    ],
    ['while it is open, now', '2026-11-20T10:11:12Z', '2026-11-20T10:11:12Z'],
  ])('open next in Berlin, from a time %s', (_, from, opens) => {
    expect(nextOpening(office, 'Europe/Berlin', at(from))).toBe(at(opens))
  })

  test('that a clock change skips open the day after', () => {
    // In Berlin there is no 02:30 on 29 March 2026.
    const gap: CallingHours = { startMinute: 150, endMinute: 160, weekdays: [1, 2, 3, 4, 5, 6, 7] }
    expect(nextOpening(gap, 'Europe/Berlin', at('2026-03-29T00:00:00Z'))).toBe(at('2026-03-30T00:30:00Z'))
  })

  const daily = { weekdays: [1, 2, 3, 4, 5, 6, 7] }
  test.each<[string, CallingHours, string, string, string, string]>([
    [
      'that start within the skipped hour open at its end',
      { ...daily, startMinute: 150, endMinute: 240 },
      'Europe/Berlin',
      '2026-03-28T23:00:00Z',
      '2026-03-29T01:00:00Z',
      '2026-03-29T02:00:00Z',
    ],
    [
      'within the repeated hour are open both times',
      { ...daily, startMinute: 120, endMinute: 180 },
      'Europe/Berlin',
      '2026-10-24T22:00:00Z',
      '2026-10-25T00:00:00Z',
      '2026-10-25T02:00:00Z',
    ],
    [
      'of half the repeated hour close and open again',
      { ...daily, startMinute: 60, endMinute: 90 },
      'America/New_York',
      '2026-11-01T05:30:00Z',
      '2026-11-01T06:00:00Z',
      '2026-11-01T06:30:00Z',
    ],
    [
      'of a zone with a clock change of half an hour open and close by local time',
      { ...daily, startMinute: 120, endMinute: 180 },
      'Australia/Lord_Howe',
      '2026-10-03T14:00:00Z',
      '2026-10-03T15:30:00Z',
      '2026-10-03T16:00:00Z',
    ],
    [
      'from midnight open at one on a day that starts at one',
      { ...daily, startMinute: 0, endMinute: 90 },
      'Africa/Cairo',
      '2026-04-23T20:00:00Z',
      '2026-04-23T22:00:00Z',
      '2026-04-23T22:30:00Z',
    ],
  ])('%s', (_, hours, zone, from, opens, closes) => {
    expect(nextOpening(hours, zone, at(from))).toBe(at(opens))
    expect(isOpen(hours, zone, at(closes) - 1)).toBe(true)
    expect(isOpen(hours, zone, at(closes))).toBe(false)
  })

  test('never open in an unknown zone', () => {
    expect(isOpen(office, 'Europe/Nowhere', at('2026-11-20T10:00:00Z'))).toBe(false)
    expect(nextOpening(office, 'Europe/Nowhere', at('2026-11-20T10:00:00Z'))).toBeUndefined()
  })

  /** Half-hour offsets, a clock change of half an hour (Lord Howe), both hemispheres. */
  const zones = [
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kolkata',
    'Australia/Lord_Howe',
    'UTC',
    'Pacific/Chatham',
  ]
  const hours = fc
    .record({
      startMinute: fc.integer({ min: 0, max: 1_438 }),
      length: fc.integer({ min: 1, max: 600 }),
      weekdays: fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1 }),
    })
    .map(({ startMinute, length, weekdays }) => ({
      ...{ startMinute, weekdays },
      endMinute: Math.min(1_440, startMinute + length),
    }))
  const around = (text: string) => fc.integer({ min: at(text) - 2 * DAY, max: at(text) + 2 * DAY })

  test('open next at the first open minute, as a check of each minute finds', () => {
    const time = fc.oneof(
      ...['2026-03-29', '2026-10-25', '2026-03-08', '2026-11-01', '2026-04-05', '2026-07-01'].map(around),
    )
    fc.assert(
      fc.property(hours, fc.constantFrom(...zones), time, (some, zone, from) => {
        let byHand: number | undefined
        const whole = Math.ceil(from / MINUTE) * MINUTE
        if (isOpen(some, zone, from)) byHand = from
        for (let minute = whole; byHand === undefined && minute < from + 9 * DAY; minute += MINUTE) {
          if (isOpen(some, zone, minute)) byHand = minute
        }
        expect(nextOpening(some, zone, from)).toBe(byHand)
      }),
      { numRuns: 60 },
    )
  })

  test('are open by the local wall clock', () => {
    fc.assert(
      fc.property(
        hours,
        fc.constantFrom(...zones),
        fc.integer({ min: 1.7e12, max: 1.8e12 }),
        (some, zone, from) => {
          // The Swedish locale formats dates as ISO 8601; the weekday of a date does not depend on the zone.
          const wall = new Date(from).toLocaleString('sv-SE', { timeZone: zone })
          const [day = '', clock = ''] = wall.split(' ')
          const weekday = new Date(`${day}T00:00:00Z`).getUTCDay() || 7
          const start = clockOf(some.startMinute)
          const open =
            some.weekdays.includes(weekday) &&
            clock.slice(0, 5) >= start &&
            clock.slice(0, 5) < clockOf(some.endMinute)
          expect(isOpen(some, zone, from)).toBe(open)
        },
      ),
      { numRuns: 300 },
    )
  })
})

const clockOf = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
