import { describe, expect, test } from 'vitest'
import { createNewPasswords } from '../../../../api/core/auth/new-passwords.ts'
import { createPasswordRules } from '../../../../api/core/auth/password-rules.ts'
import type { SecurityEvent } from '../../../../api/core/auth/security-log.ts'
import type { PasswordAuthority } from '../../../../api/core/auth/users.ts'
import { hashToken } from '../../../../api/core/registration/invitations.ts'
import { createPasswordResets } from '../../../../api/core/registration/password-reset.ts'

const NOW = 1_000_000
const address = '192.0.2.7'
const revocation = { id: '1', kind: 'user', key: '7', generation: 1, until: NOW + 60 } as const

function createFixture({
  hasMail = true,
  isValid = true,
  isConfirmed = true,
  passwordAuthority = 'local' as PasswordAuthority,
} = {}) {
  const done: unknown[] = []
  const events: SecurityEvent[] = []
  const log =
    (name: string) =>
    async (...args: readonly unknown[]) =>
      void done.push([name, ...args])
  const resets = createPasswordResets({
    hasMail,
    store: {
      queueMail: log('queue'),
      setToken: log('token'),
      findUser: async () => (isValid ? { username: 'anna', passwordAuthority } : undefined),
      async confirm(...args) {
        done.push(['confirm', ...args])
        return isConfirmed ? { userId: '7', revocation } : undefined
      },
      deleteExpired: log('delete'),
    },
    passwords: createNewPasswords(
      {
        async hash(password) {
          done.push(['hash'])
          return `hash of ${password}`
        },
      },
      createPasswordRules({ minLength: 8, isCommon: (text) => text === 'trustno1' }),
    ),
    throttle: { consume: log('throttle') },
    mailThrottle: { consume: log('mailbox') },
    sessions: {
      async endAll(...args) {
        done.push(['end', ...args])
        return 1
      },
    },
    revocationPublisher: { publish: log('publish') },
    securityLog: { write: (event) => void events.push(event) },
    now: () => NOW * 1000,
    longestLifetime: 60,
  })
  return { resets, done, events }
}

describe('a request to reset a password', () => {
  test('queues a mail, limited by client and by mailbox, and looks up no account', async () => {
    const { resets, done, events } = createFixture()
    await resets.request('Anna@Example.org', address)
    expect(done).toEqual([
      ['throttle', address],
      ['mailbox', hashToken('anna@example.org')],
      ['queue', 'Anna@Example.org', NOW],
    ])
    expect(events.map(({ event }) => event)).toEqual(['authn_password_reset_request'])
  })

  test('is not supported without mail', async () => {
    const { resets, done } = createFixture({ hasMail: false })
    await expect(resets.request('anna@example.org', address)).rejects.toMatchObject({ code: 'not_supported' })
    expect(done).toEqual([])
  })
})

describe('a mailed link', () => {
  test('sets the password, revokes all tokens and ends all sessions', async () => {
    const { resets, done, events } = createFixture()
    await resets.confirm('pwd_a', 'new password', address)
    expect(done).toEqual([
      ['throttle', address],
      ['hash'],
      ['confirm', hashToken('pwd_a'), 'hash of new password', { now: NOW, revokeUntil: NOW + 60 }],
      ['publish', revocation],
      ['end', '7', { reason: 'password', actorId: '7', address }],
    ])
    expect(events).toEqual([{ event: 'authn_password_reset', userId: '7', address }])
  })

  test.each([
    ['a short password, before the link is used', {}, 'short', 'input_invalid', ['throttle']],
    ['a common password, before the link is used', {}, 'TrustNo1', 'input_invalid', ['throttle']],
    ['the own name, before the link is used', {}, 'anna-anna', 'input_invalid', ['throttle']],
    [
      'a password that is verified elsewhere',
      { passwordAuthority: 'directory' as const },
      'new password',
      'conflict',
      ['throttle'],
    ],
    [
      'an unknown link, before the costly hash',
      { isValid: false },
      'new password',
      'not_found',
      ['throttle'],
    ],
    [
      'a link that a concurrent request used',
      { isConfirmed: false },
      'new password',
      'not_found',
      ['throttle', 'hash', 'confirm'],
    ],
  ])('is refused with %s', async (_, situation, password, code, steps) => {
    const { resets, done, events } = createFixture(situation)
    await expect(resets.confirm('pwd_a', password, address)).rejects.toMatchObject({ code })
    expect(done.map((one) => (one as [string])[0])).toEqual(steps)
    expect(events).toEqual([])
  })
})
