import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createPbxClock } from '../../../api/asterisk/pbx-clock.ts'

const told = fc.integer({ min: 1, max: 4_000_000_000_000_000 })
/** As Asterisk spells it. */
const spelt = (micros: number) =>
  `${Math.floor(micros / 1_000_000)}.${String(micros % 1_000_000).padStart(6, '0')}`

test('shows what it was set to, to the microsecond, and goes on from there', () => {
  fc.assert(
    fc.property(told, fc.integer({ min: 0, max: 100_000 }), (at, ms) => {
      let now = 1_700_000_000_000
      const clock = createPbxClock(() => now)
      expect(clock.set(spelt(at))).toBe(at)
      now += ms
      expect(clock.next()).toBe(Math.max(1, at + ms * 1_000))
    }),
  )
})

test('each time is later than the last, also where its own clock stands or goes back', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -50, max: 50 }), { maxLength: 30 }), (steps) => {
      let now = 1_700_000_000_000
      const clock = createPbxClock(() => now)
      const times = steps.map((step) => {
        now += step
        return clock.next()
      })
      expect(times).toEqual([...new Set(times)].sort((a, b) => a - b))
    }),
  )
})

test.each([
  undefined,
  '',
  'soon',
  '1795218504',
  '1795218504.73',
  '-1.000000',
  '12345678901.000000',
  'NaN.000000',
])('is left as it is by %s', (timestamp) => {
  const clock = createPbxClock(() => 1_700_000_000_000)
  expect(clock.set(timestamp)).toBe(1_700_000_000_000_000)
})

describe('put back', () => {
  const SECOND = 1_000_000
  const at = (seconds: number) => spelt((1_795_000_000 + seconds) * SECOND)
  /** @param steps what the PBX tells, and how long after the step before, in ms */
  const backs = (steps: readonly [told: number, afterMs: number][]) => {
    let now = 1_700_000_000_000
    const clock = createPbxClock(() => now)
    return steps.map(([told, afterMs]) => {
      now += afterMs
      return clock.setBackByEvent(at(told))
    })
  }

  test('is heard once, with what went by meanwhile', () => {
    const [first, second, third] = backs([
      [300, 0],
      [2, 2_000],
      [3, 1_000],
    ])
    expect([first, second, third]).toEqual([0, 300 * SECOND, 0])
  })

  test('is never heard where events of one moment come out of turn', () => {
    const turns: [number, number][] = [
      [1, 0],
      [1.9, 0],
      [1.1, 0],
      [1.8, 0],
    ]
    expect(backs(turns)).toEqual([0, 0, 0, 0])
  })

  test('what was heard before comes to lie before what is heard next, also where our own clock went back', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 10_000 }),
        fc.integer({ min: -10_000_000, max: 5_000 }),
        (by, ms) => {
          const [, back = 0] = backs([
            [20_000, 0],
            [20_000 - by, ms],
          ])
          expect(20_000 * SECOND - back).toBeLessThan((20_000 - by) * SECOND)
        },
      ),
    )
  })

  test('is heard of an answer, which may have waited a while', () => {
    const clock = createPbxClock(() => 1_700_000_000_000)
    clock.setBackByEvent(at(300))
    expect(clock.setBackByPing(clock.set(at(296)))).toBe(0)
    expect(clock.setBackByPing(clock.set(at(0)))).toBeGreaterThanOrEqual(300 * SECOND)
    expect(clock.setBackByPing(clock.set(at(1)))).toBe(0)
  })
})
