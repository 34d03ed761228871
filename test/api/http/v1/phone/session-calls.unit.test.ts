import { describe, expect, test } from 'vitest'
import { createSessionCalls } from '../../../../../api/http/v1/phone/session-calls.ts'
import type { Claims } from '../../../../../contract/claims.ts'
import type { VerdictCode } from '../../../../../contract/verdict.ts'

const claimsOf = (sid: string) => ({ sub: '3', sid, iat: 0, exp: 60 }) as Claims

function fixture() {
  let at = 0
  const ended = new Set<string>()
  let code: VerdictCode = 'token_revoked'
  const state = { isBusy: true, failures: 0, isAway: false }
  /** The Call-IDs that would be spared, for each time. */
  const spared: string[][] = []
  const calls = createSessionCalls({
    browserCalls: {
      hasAny: () => state.isBusy,
      async end(_, isSpared) {
        spared.push(['a', 'b', 'unknown'].filter(isSpared))
        if (state.isAway) throw new Error('away')
      },
    },
    tokenVerifier: { checkClaims: ({ sid }) => (ended.has(sid) ? code : undefined) },
    monotonic: () => at,
    onFailure: () => (state.failures += 1),
  })
  const wait = async (ms: number) => {
    for (const end = at + ms; at < end; ) {
      at = Math.min(at + 250, end)
      calls.check()
      await Promise.resolve().then(() => {})
      await new Promise(setImmediate)
    }
  }
  return { calls, ended, spared, state, wait, judge: (next: VerdictCode) => (code = next) }
}

describe('the calls of a session', () => {
  test('end with it, also after its socket, and those of a live session are spared', async () => {
    const { calls, ended, spared, wait } = fixture()
    const [first, second] = [
      calls.openSocket(claimsOf('one'), '1003-web'),
      calls.openSocket(claimsOf('two'), '1003-web'),
    ]
    first.onInvite('a')
    second.onInvite('b')
    first.close()
    await wait(60_000)
    expect(spared).toEqual([])
    ended.add('one')
    await wait(20_000)
    expect(spared[0]).toEqual(['b'])
    // What the PBX reports a moment later is ended, too.
    expect(spared.length).toBeGreaterThan(2)
    const count = spared.length
    ended.add('two')
    await wait(250)
    expect(spared.slice(count)).toEqual([[]])
  })

  test('stay while the session cannot be judged', async () => {
    const { calls, ended, spared, wait, judge } = fixture()
    calls.openSocket(claimsOf('one'), '1003-web')
    judge('cannot_judge')
    ended.add('one')
    await wait(5_000)
    expect(spared).toEqual([])
    judge('token_revoked')
    await wait(250)
    expect(spared).toHaveLength(1)
  })

  test('are tried until the PBX is back, for ten minutes at most, and the failure is reported once', async () => {
    const { calls, ended, spared, state, wait } = fixture()
    calls.openSocket(claimsOf('one'), '1003-web')
    state.isAway = true
    ended.add('one')
    await wait(60_000)
    expect(spared.length).toBeGreaterThan(40)
    await wait(600_000)
    const count = spared.length
    await wait(60_000)
    expect([spared.length, state.failures]).toEqual([count, 1])
  })

  test('an answer counts for any socket of the session, and a session without calls is forgotten', async () => {
    const { calls, ended, spared, state, wait } = fixture()
    const first = calls.openSocket(claimsOf('one'), '1003-web')
    first.onInvite('a')
    first.close()
    const second = calls.openSocket(claimsOf('one'), '1003-web')
    expect([second.isInvited('a'), second.isInvited('b')]).toEqual([true, false])
    second.close()
    state.isBusy = false
    await wait(11_000)
    ended.add('one')
    await wait(1_000)
    expect(spared).toEqual([])
  })
})
