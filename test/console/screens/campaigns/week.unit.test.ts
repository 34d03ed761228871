import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  DAYS,
  drawnWeek,
  HOURS,
  neighbour,
  openness,
  toggleDay,
  toMinute,
  toTimeText,
  type Week,
} from '../../../../console/screens/campaigns/week.ts'

const cell = fc.record({ day: fc.constantFrom(...DAYS), hour: fc.constantFrom(...HOURS) })
const week: fc.Arbitrary<Week> = fc
  .record({
    startMinute: fc.nat(1_439),
    length: fc.integer({ min: 1, max: 1_440 }),
    weekdays: fc.subarray([...DAYS], { minLength: 1 }),
  })
  .map(({ startMinute, length, weekdays }) => ({
    ...{ startMinute, weekdays },
    endMinute: Math.min(1_440, startMinute + length),
  }))

describe('the week of calling hours', () => {
  test('that is drawn between two cells is open exactly in their rectangle', () => {
    fc.assert(
      fc.property(cell, cell, cell, (a, b, other) => {
        const within = (value: number, one: number, two: number) =>
          value >= Math.min(one, two) && value <= Math.max(one, two)
        const isInside = within(other.day, a.day, b.day) && within(other.hour, a.hour, b.hour)
        expect(openness(drawnWeek(a, b), other)).toBe(isInside ? 'all' : 'none')
      }),
    )
  })

  test('opens and closes a day, and never closes the last one', () => {
    fc.assert(
      fc.property(week, fc.constantFrom(...DAYS), (before, day) => {
        const after = toggleDay(before, day)
        expect(after.weekdays.length).toBeGreaterThan(0)
        expect([...after.weekdays].sort()).toEqual(after.weekdays)
        if (before.weekdays.length === 1 && before.weekdays[0] === day) expect(after).toEqual(before)
        else expect(toggleDay(after, day)).toEqual(before)
      }),
    )
  })

  test('has hours that are open in part', () => {
    const broken = { startMinute: 9 * 60 + 30, endMinute: 10 * 60 + 15, weekdays: [1] }
    expect([8, 9, 10, 11].map((hour) => openness(broken, { day: 1, hour }))).toEqual([
      ...['none', 'part', 'part', 'none'],
    ])
    expect(openness(broken, { day: 2, hour: 9 })).toBe('none')
  })

  test('writes each minute so that it reads it back; the last second is the end of the day', () => {
    for (let minute = 0; minute <= 1_440; minute += 1) expect(toMinute(toTimeText(minute))).toBe(minute)
    expect(toMinute('23:59:59')).toBe(1_440)
    expect(toMinute('09:30:00')).toBe(570)
  })

  test('is left by no arrow key', () => {
    const keys = fc.constantFrom('ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End')
    fc.assert(
      fc.property(cell, keys, (from, key) => {
        const to = neighbour(from, key)
        expect(DAYS).toContain(to?.day)
        expect(HOURS).toContain(to?.hour)
      }),
    )
    expect(neighbour({ day: 1, hour: 0 }, 'a')).toBeUndefined()
  })
})
