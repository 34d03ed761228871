import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createPbxClock } from '../../../api/asterisk/pbx-clock.ts'

const reported = fc.integer({ min: 1, max: 4_000_000_000_000_000 })
/** In Asterisk's notation. */
const spelt = (micros: number) =>
  `${Math.floor(micros / 1_000_000)}.${String(micros % 1_000_000).padStart(6, '0')}`

test('the PBX clock shows the time that was set, to the microsecond, and goes on from there', () => {
  fc.assert(
    fc.property(reported, fc.integer({ min: 0, max: 100_000 }), (at, ms) => {
      let now = 1_700_000_000_000
      const clock = createPbxClock(() => now)
      expect(clock.set(spelt(at))).toBe(at)
      now += ms
      expect(clock.next()).toBe(Math.max(1, at + ms * 1_000))
    }),
  )
})

test('the PBX clock returns a later time each time, also when our own clock stands or goes back', () => {
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
])('the PBX clock is not changed by %s', (timestamp) => {
  const clock = createPbxClock(() => 1_700_000_000_000)
  expect(clock.set(timestamp)).toBe(1_700_000_000_000_000)
})

describe('a PBX clock that is set back', () => {
  const SECOND = 1_000_000
  const at = (seconds: number) => spelt((1_795_000_000 + seconds) * SECOND)
  /** @param steps the PBX's times, each with the ms since the step before */
  const backs = (steps: readonly [reported: number, afterMs: number][]) => {
    let now = 1_700_000_000_000
    const clock = createPbxClock(() => now)
    return steps.map(([reported, afterMs]) => {
      now += afterMs
      return clock.setBackByEvent(at(reported))
    })
  }

  test('is reported once, with the time that passed meanwhile', () => {
    const [first, second, third] = backs([
      [300, 0],
      [2, 2_000],
      [3, 1_000],
    ])
    expect([first, second, third]).toEqual([0, 300 * SECOND, 0])
  })

  test('is not assumed when events of one moment come out of order', () => {
    const turns: [number, number][] = [
      [1, 0],
      [1.9, 0],
      [1.1, 0],
      [1.8, 0],
    ]
    expect(backs(turns)).toEqual([0, 0, 0, 0])
  })

  test('puts earlier events before the next one, also when our own clock went back', () => {
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

  test('is detected by a response, which may have waited for a while', () => {
    const clock = createPbxClock(() => 1_700_000_000_000)
    clock.setBackByEvent(at(300))
    expect(clock.setBackByPing(clock.set(at(296)))).toBe(0)
    expect(clock.setBackByPing(clock.set(at(0)))).toBeGreaterThanOrEqual(300 * SECOND)
    expect(clock.setBackByPing(clock.set(at(1)))).toBe(0)
  })
})
