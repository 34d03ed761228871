import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createTokenBucket } from '../../runtime/token-bucket.ts'

const LIMIT = { burst: 1_000, perSecond: 100 }

describe('token bucket, charged for what has happened', () => {
  it('allows a burst at once, and not a token more', () => {
    const { charge } = createTokenBucket(LIMIT, () => 0)
    expect([charge(999), charge(1), charge(1)]).toEqual([true, true, false])
  })

  it('allows the rate for any length of time', () => {
    let now = 0
    const { charge } = createTokenBucket(LIMIT, () => now)
    const seconds = Array.from({ length: 100_000 }, () => {
      now += 1_000
      return charge(100)
    })
    expect(seconds).not.toContain(false)
  })

  it('saves up no more than one burst, however long it was idle', () => {
    let now = 0
    const { charge } = createTokenBucket(LIMIT, () => now)
    now = 10 ** 9
    expect([charge(1_000), charge(1)]).toEqual([true, false])
  })

  it('goes below zero, and has to refill before it allows more', () => {
    let now = 0
    const { charge } = createTokenBucket(LIMIT, () => now)
    expect(charge(1_500)).toBe(false)
    now = 5_000
    expect([charge(0), charge(1)]).toEqual([true, false])
  })

  it('allows no more than the burst and the rate in any period', () => {
    const steps = fc.array(fc.record({ ms: fc.nat(5_000), tokens: fc.nat(2_000) }), { maxLength: 50 })
    fc.assert(
      fc.property(steps, (all) => {
        let now = 0
        let allowed = 0
        const { charge } = createTokenBucket(LIMIT, () => now)
        for (const { ms, tokens } of all) {
          now += ms
          if (!charge(tokens)) return
          allowed += tokens
          expect(allowed).toBeLessThanOrEqual(LIMIT.burst + (now / 1_000) * LIMIT.perSecond + 1e-6)
        }
      }),
    )
  })
})

describe('token bucket, asked for one token', () => {
  it('takes nothing when it is empty: the next token is there as soon as the rate allows', () => {
    let now = 0
    const { take } = createTokenBucket({ burst: 1, perSecond: 1 }, () => now)
    expect([take(), take(), take()]).toEqual([true, false, false])
    now = 1_000
    expect([take(), take()]).toEqual([true, false])
  })

  it('never allows more than its burst and its rate, nor less than its rate', () => {
    const pauses = fc.array(fc.nat(2_000), { minLength: 1, maxLength: 200 })
    fc.assert(
      fc.property(pauses, (all) => {
        let now = 0
        let allowed = 0
        const bucket = createTokenBucket({ burst: 20, perSecond: 10 }, () => now)
        for (const ms of all) {
          now += ms
          const isAllowed = bucket.take()
          if (isAllowed) allowed += 1
          if (ms >= 100) expect(isAllowed).toBe(true)
        }
        expect(allowed).toBeLessThanOrEqual(20 + (now / 1000) * 10)
      }),
    )
  })
})
