import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createPbxClock } from '../../../api/asterisk/clock.ts'

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
