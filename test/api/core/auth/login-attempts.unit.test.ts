import { describe, expect, it } from 'vitest'
import type { AttemptOutcome } from '../../../../api/core/auth/attempt-counters.ts'
import { createLoginAttempts } from '../../../../api/core/auth/login-attempts.ts'
import { createMemoryCounters } from '../../../../api/store/redis/memory-attempt-counters.ts'

const ANNA = { id: 'anna', revision: 0 }
const HOME = '192.0.2.1'

function setUp() {
  const known = new Set<string>()
  const attempts = createLoginAttempts(
    {
      countersFor: (_, limit) => createMemoryCounters(limit),
      knownNetworks: {
        has: async (key) => known.has(key),
        async add(key) {
          known.add(key)
        },
      },
    },
    { surface: 'test', perAddress: { max: 5, window: 60 }, perAccount: { max: 2, window: 60 } },
  )
  return async (outcome: AttemptOutcome, address: string, account = ANNA) => {
    try {
      await attempts.check(account, address)
      await (await attempts.reserve(account, address)).end(outcome)
      return outcome
    } catch (err) {
      return (err as { code: string }).code
    }
  }
}

describe('login attempts', () => {
  it('throttle an account in one network after its limit, and not in another network', async () => {
    const attempt = setUp()
    for (let n = 0; n < 2; n += 1) expect(await attempt('failure', HOME)).toBe('failure')
    expect(await attempt('success', HOME)).toBe('throttled')
    expect(await attempt('success', '192.0.2.2')).toBe('success')
  })

  it('throttle an account over all networks after ten times its limit, except in a known network', async () => {
    const attempt = setUp()
    expect(await attempt('success', HOME)).toBe('success')
    for (let n = 0; n < 20; n += 1) expect(await attempt('failure', `198.18.0.${n}`)).toBe('failure')
    expect(await attempt('success', '198.18.1.1')).toBe('throttled')
    expect(await attempt('success', HOME)).toBe('success')
  })

  it('throttle an address over all accounts, and a success does not reset its counter', async () => {
    const attempt = setUp()
    for (let n = 0; n < 4; n += 1) await attempt('failure', HOME, { id: `guess${n}`, revision: 0 })
    expect(await attempt('success', HOME)).toBe('success')
    expect(await attempt('failure', HOME, { id: 'guess4', revision: 0 })).toBe('failure')
    expect(await attempt('success', HOME)).toBe('throttled')
  })

  it('start again after a success in the same network, and after a change of the account', async () => {
    const attempt = setUp()
    await attempt('failure', HOME)
    await attempt('success', HOME)
    for (let n = 0; n < 2; n += 1) expect(await attempt('failure', HOME)).toBe('failure')
    expect(await attempt('success', HOME)).toBe('throttled')
    expect(await attempt('success', HOME, { ...ANNA, revision: 1 })).toBe('success')
  })

  it('do not count an attempt that compared nothing', async () => {
    const attempt = setUp()
    for (let n = 0; n < 10; n += 1) expect(await attempt('void', HOME)).toBe('void')
    expect(await attempt('success', HOME)).toBe('success')
  })
})
