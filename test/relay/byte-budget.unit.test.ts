import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createByteBudget } from '../../relay/byte-budget.ts'

const BUDGET = { burst: 1_000, perSecond: 100 }

test('takes a burst at once, and not a byte more', () => {
  const allows = createByteBudget(BUDGET, () => 0)
  expect([allows(999), allows(1), allows(1)]).toEqual([true, true, false])
})

test('takes what the rate allows for ever', () => {
  let now = 0
  const allows = createByteBudget(BUDGET, () => now)
  const seconds = Array.from({ length: 100_000 }, () => {
    now += 1_000
    return allows(100)
  })
  expect(seconds).not.toContain(false)
})

test('saves up no more than one burst, however long a client was silent', () => {
  let now = 0
  const allows = createByteBudget(BUDGET, () => now)
  now = 10 ** 9
  expect([allows(1_000), allows(1)]).toEqual([true, false])
})

test('over any stretch of time, no more than the burst and the rate pass', () => {
  const steps = fc.array(fc.record({ ms: fc.nat(5_000), bytes: fc.nat(2_000) }), { maxLength: 50 })
  fc.assert(
    fc.property(steps, (all) => {
      let now = 0
      let passed = 0
      const allows = createByteBudget(BUDGET, () => now)
      for (const { ms, bytes } of all) {
        now += ms
        if (!allows(bytes)) return
        passed += bytes
        expect(passed).toBeLessThanOrEqual(BUDGET.burst + (now / 1_000) * BUDGET.perSecond + 1e-6)
      }
    }),
  )
})
