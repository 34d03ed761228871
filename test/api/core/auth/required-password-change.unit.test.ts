import { describe, expect, test } from 'vitest'
import { createNewPasswords } from '../../../../api/core/auth/new-passwords.ts'
import type { PasswordProof } from '../../../../api/core/auth/password-check.ts'
import { createPasswordRules } from '../../../../api/core/auth/password-rules.ts'
import { createRequiredPasswordChange } from '../../../../api/core/auth/required-password-change.ts'
import type { FactorNeed } from '../../../../api/core/auth/second-factor/second-factor.ts'
import type { SecurityEvent } from '../../../../api/core/auth/security-log.ts'
import { requireNoPasswordChange } from '../../../../api/core/auth/sign-in-policy.ts'
import type { User } from '../../../../api/core/auth/users.ts'
import { Refusal } from '../../../../api/core/refusal.ts'
import { sampleUser } from '../../../support/sample-user.ts'

const address = '192.0.2.7'
const request = { login: 'Anna', password: 'given password', next: 'chosen password', address }
const revocation = { id: '1', kind: 'user', key: '7', generation: 1, until: 1 } as const

interface Situation {
  user?: User | undefined
  proof?: PasswordProof | undefined
  refusal?: Refusal
  need?: FactorNeed
  /** What another request did after this one had written. */
  meanwhile?: Partial<User>
}

function createFixture(situation: Situation = {}) {
  const done: unknown[] = []
  const events: SecurityEvent[] = []
  const { user } = { user: sampleUser({ id: '7', mustChangePassword: true }), ...situation }
  const { proof } = { proof: 'password' as const, ...situation }
  const { refusal, need, meanwhile = {} } = situation
  let stored = user
  const { change } = createRequiredPasswordChange({
    users: {
      find: async () => stored,
      findByLogin: async () => user,
      async replaceRequiredPassword(id, write, until) {
        if (refusal?.code === 'conflict') throw refusal
        done.push(['set', id, write, until])
        stored = user && {
          ...user,
          passwordHash: write.passwordHash,
          mustChangePassword: false,
          ...meanwhile,
        }
        return revocation
      },
    },
    passwords: createNewPasswords(
      { hash: async (password) => `hash of ${password}` },
      createPasswordRules({ minLength: 8, isCommon: (text) => text === 'trustno1' }),
    ),
    async checkPassword(target, _user, password, from) {
      done.push(['check', target.id, password, from])
      if (refusal?.code === 'throttled') throw refusal
      return proof
    },
    secondFactor: {
      needOf: async () => need,
      async verify(_user, answer) {
        done.push(['factor', answer])
        if (!('code' in answer) || answer.code !== '123456') throw new Refusal('credentials_wrong')
      },
    },
    signInTickets: { issue: async ({ id }) => `ticket of ${id}` },
    sessions: {
      async endAll(...args) {
        done.push(['end', ...args])
        return 1
      },
    },
    revocationPublisher: { publish: async (entry) => void done.push(['publish', entry]) },
    securityLog: { write: (event) => void events.push(event) },
    now: () => 1_000_000,
    longestLifetime: 60,
  })
  return { change, done, events }
}

describe('a password that has to be replaced', () => {
  test('is replaced: all tokens are revoked, all sessions end, and a ticket signs in', async () => {
    const { change, done, events } = createFixture()
    expect(await change(request)).toBe('ticket of 7')
    expect(done).toEqual([
      ['check', 'id:7', 'given password', address],
      ['set', '7', { verifiedHash: 'secret hash', passwordHash: 'hash of chosen password' }, 1_060],
      ['publish', revocation],
      ['end', '7', { reason: 'password', actorId: '7', address }],
    ])
    expect(events).toEqual([
      { event: 'authn_password_change', userId: '7', target: 'anna', actorId: '7', address },
    ])
  })

  const steps = (done: unknown[]) => done.map((one) => (one as [string])[0])

  test('is replaced in an account with a second factor only after the factor was verified', async () => {
    const { change, done } = createFixture({ need: { methods: ['totp'], mustEnrol: false } })
    await expect(change(request)).rejects.toMatchObject({ code: 'second_factor_required' })
    const wrong = change({ ...request, factor: { code: '000000' } })
    await expect(wrong).rejects.toMatchObject({ code: 'credentials_wrong' })
    expect(steps(done)).toEqual(['check', 'check', 'factor'])
    const weak = change({ ...request, next: 'trustno1', factor: { code: '123456' } })
    await expect(weak).rejects.toMatchObject({ code: 'input_invalid' })
    expect(steps(done)).toEqual(['check', 'check', 'factor', 'check'])
    expect(await change({ ...request, factor: { code: '123456' } })).toBe('ticket of 7')
    expect(steps(done).slice(4)).toEqual(['check', 'factor', 'set', 'publish', 'end'])
  })

  test('is replaced where a factor has to be added, which the next sign-in does: there is no ticket', async () => {
    const { change, done } = createFixture({ need: { methods: [], mustEnrol: true } })
    expect(await change(request)).toBeUndefined()
    expect(steps(done)).toEqual(['check', 'set', 'publish', 'end'])
  })

  test.each<[string, Situation, Partial<typeof request>, string, string[]]>([
    ['a wrong password', { proof: undefined }, {}, 'credentials_wrong', ['authn_login_fail']],
    ['an app password', { proof: { appPasswordId: '1' } }, {}, 'credentials_wrong', ['authn_login_fail']],
    ['an unknown name', { user: undefined, proof: undefined }, {}, 'credentials_wrong', ['authn_login_fail']],
    [
      'too many attempts',
      { refusal: new Refusal('throttled', { retryAfter: 60 }) },
      {},
      'throttled',
      ['authn_login_throttled'],
    ],
    ['a password that need not be replaced', { user: sampleUser() }, {}, 'conflict', []],
    [
      'a password that is verified elsewhere',
      { user: sampleUser({ mustChangePassword: true, passwordAuthority: 'directory' }) },
      {},
      'conflict',
      [],
    ],
    ['the same password again', {}, { next: 'given password' }, 'input_invalid', []],
    ['the same password with another blank', {}, { next: 'given\u00a0password' }, 'input_invalid', []],
    ['a common password', {}, { next: 'TrustNo1' }, 'input_invalid', []],
    ['the own name', {}, { next: 'anna-anna' }, 'input_invalid', []],
    ['a change of the account meanwhile', { refusal: new Refusal('conflict') }, {}, 'conflict', []],
  ])('stays with %s', async (_, situation, difference, code, logged) => {
    const { change, done, events } = createFixture(situation)
    await expect(change({ ...request, ...difference })).rejects.toMatchObject({ code })
    expect(done.map((one) => (one as [string])[0])).toEqual(['check'])
    expect(events.map(({ event }) => event)).toEqual(logged)
  })

  test.each([
    ['an administrator sets another one', { passwordHash: 'other' }],
    ['an administrator disables the account', { disabled: true }],
  ])('opens no session if %s at the same time', async (_, meanwhile) => {
    const { change } = createFixture({ meanwhile })
    await expect(change(request)).rejects.toMatchObject({ code: 'credentials_wrong' })
  })
})

describe('the policy of sign-in', () => {
  const policy = requireNoPasswordChange

  test('refuses a password that has to be replaced', async () => {
    await expect(policy(sampleUser({ mustChangePassword: true }))).rejects.toMatchObject({
      code: 'password_change_required',
    })
  })

  test('needs nothing else', async () => {
    await expect(policy(sampleUser())).resolves.toBeUndefined()
    const elsewhere = sampleUser({ mustChangePassword: true, passwordAuthority: 'phone' })
    await expect(policy(elsewhere)).resolves.toBeUndefined()
  })
})
