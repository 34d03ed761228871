import { describe, expect, test } from 'vitest'
import { actorOf } from '../../../../api/core/actor.ts'
import { createOwnPassword } from '../../../../api/core/auth/own-password.ts'
import { createPasswordRules } from '../../../../api/core/auth/password-rules.ts'
import type { SecurityEvent } from '../../../../api/core/auth/security-log.ts'
import { Refusal } from '../../../../api/core/refusal.ts'
import type { Claims } from '../../../../contract/claims.ts'
import { sampleUser } from '../../../support/sample-user.ts'

const actor = actorOf({ sub: '7', sid: 's' } as Claims) // nothing else is read
const change = { current: 'old password', next: 'new password', address: '192.0.2.7' }

const anna = sampleUser({ id: '7', revision: 3, passwordHash: 'stored' })

function createFixture({
  users = [anna],
  isThrottled = false,
  refusal = undefined as Refusal | undefined,
} = {}) {
  const done: unknown[] = []
  const events: SecurityEvent[] = []
  const own = createOwnPassword({
    users: {
      find: async (id) => users.find((user) => user.id === id),
      async setOwnPassword(...args) {
        if (refusal !== undefined) throw refusal
        done.push(['set', ...args])
      },
    },
    passwords: {
      hash: async (password) => `hash of ${password}`,
      check: createPasswordRules({ minLength: 8, isCommon: (text) => text === 'trustno1' }),
    },
    async checkPassword(target, _, password, address) {
      if (isThrottled) throw new Refusal('throttled', { retryAfter: 60 })
      done.push(['check', target, address])
      return password === 'old password' ? 'password' : undefined
    },
    sessions: {
      endAll: async (...args) => {
        done.push(['end', ...args])
        return 1
      },
    },
    securityLog: { write: (event) => void events.push(event) },
  })
  return { own, done, events }
}

describe('a user’s own password', () => {
  test('is stored, and then all other sessions end', async () => {
    const { own, done, events } = createFixture()
    await own.change(actor, change)
    expect(done).toEqual([
      ['check', { id: 'id:7', revision: 3 }, '192.0.2.7'],
      ['set', '7', { sessionId: 's', verifiedHash: 'stored', passwordHash: 'hash of new password' }],
      ['end', '7', { reason: 'password', actorId: '7', address: '192.0.2.7' }, 's'],
    ])
    expect(events).toEqual([
      { event: 'authn_password_change', userId: '7', target: 'anna', actorId: '7', address: '192.0.2.7' },
    ])
  })

  test.each([
    ['a wrong current password', { current: 'other' }, {}, 'credentials_wrong', 'authn_password_change_fail'],
    ['a new password that is too short', { next: '1234567' }, {}, 'input_invalid', undefined],
    ['a new password that is a common one', { next: 'TrustNo1' }, {}, 'input_invalid', undefined],
    ['a new password that is the own name', { next: 'Anna.anna1' }, {}, 'input_invalid', undefined],
    [
      'a password that is verified elsewhere',
      {},
      { users: [{ ...anna, passwordAuthority: 'phone' as const }] },
      'conflict',
      undefined,
    ],
    ['too many attempts', {}, { isThrottled: true }, 'throttled', 'authn_login_throttled'],
    [
      'another password that was set meanwhile',
      {},
      { refusal: new Refusal('credentials_wrong') },
      'credentials_wrong',
      'authn_password_change_fail',
    ],
    [
      'the end of the session meanwhile',
      {},
      { refusal: new Refusal('token_revoked') },
      'token_revoked',
      undefined,
    ],
    ['a deleted user', {}, { users: [] }, 'token_revoked', undefined],
  ])('stays after %s', async (_, difference, situation, code, event) => {
    const { own, done, events } = createFixture(situation)
    const outcome = own.change(actor, { ...change, ...difference })
    await expect(outcome).rejects.toMatchObject({ code })
    const steps = done.map((one) => (one as [string])[0])
    expect(steps).not.toContain('set')
    expect(steps).not.toContain('end')
    expect(events.map((one) => one.event)).toEqual(event === undefined ? [] : [event])
  })
})
