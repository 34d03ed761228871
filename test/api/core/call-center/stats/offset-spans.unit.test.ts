import fc from 'fast-check'
import { expect, test } from 'vitest'
import { offsetSpans } from '../../../../../api/core/call-center/stats/offset-spans.ts'
import { requireWallClock } from '../../../../../api/core/values/time-zone.ts'

const seconds = (time: string) => Date.parse(time) / 1000
const zones = [
  ...[
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'America/Santiago',
  ],
  ...['Africa/Casablanca', 'Pacific/Chatham', 'America/St_Johns', 'Asia/Tehran', 'Pacific/Apia'],
]

test('a time without a change of clocks is one span', () => {
  const range = { from: seconds('2026-01-01T00:00:00Z'), until: seconds('2026-02-01T00:00:00Z') }
  expect(offsetSpans(range, 'Europe/Berlin')).toEqual([{ ...range, offset: 3_600 }])
})

test('a span ends at the second in which clocks change', () => {
  const range = { from: seconds('2026-03-28T23:00:00Z'), until: seconds('2026-03-29T22:00:00Z') }
  const change = seconds('2026-03-29T01:00:00Z')
  expect(offsetSpans(range, 'Europe/Berlin')).toEqual([
    { from: range.from, until: change, offset: 3_600 },
    { from: change, until: range.until, offset: 7_200 },
  ])
})

test('spans join without a gap, and each moment has the offset of its span', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...zones),
      fc.integer({ min: seconds('2010-01-01T00:00:00Z'), max: seconds('2030-01-01T00:00:00Z') }),
      fc.integer({ min: 1, max: 40 * 86_400 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (zone, from, length, part) => {
        const range = { from, until: from + length }
        const spans = offsetSpans(range, zone)
        expect([spans[0]?.from, spans.at(-1)?.until]).toEqual([range.from, range.until])
        for (const [n, span] of spans.entries()) {
          if (n > 0) expect(span.from).toBe(spans[n - 1]?.until)
          const at = Math.floor(span.from + part * (span.until - 1 - span.from))
          expect(Date.parse(`${requireWallClock(zone)(at * 1000)}Z`) / 1000 - at).toBe(span.offset)
        }
      },
    ),
    { numRuns: 60 },
  )
})

test('a time that no clock shows is refused', () => {
  // The Swedish format writes such a year with three digits.
  const range = { from: seconds('0999-01-01T00:00:00Z'), until: seconds('0999-01-02T00:00:00Z') }
  expect(() => offsetSpans(range, 'Europe/Berlin')).toThrow(RangeError)
})
