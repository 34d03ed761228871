import { describe, expect, test } from 'vitest'
import { createLogin } from '../../../../api/core/auth/login.ts'
import type { OpenedSession, OpenSessionRequest } from '../../../../api/core/auth/sessions.ts'
import { grantFor } from '../../../../api/core/auth/sign-in-tickets.ts'
import { Refusal } from '../../../../api/core/refusal.ts'
import { sampleUser } from '../../../support/sample-user.ts'

const anna = sampleUser({ id: '7', passwordHash: 'old' })

describe('a login that is in progress while the password changes', () => {
  test.each([
    ['the password is the same', anna, []],
    ['the password changed after it was verified', { ...anna, passwordHash: 'new' }, ['s']],
    ['the account was deleted', undefined, ['s']],
  ])('%s', async (_, later, ended) => {
    const endedSessions: string[] = []
    const { login } = createLogin({
      users: { findByLogin: async () => anna, find: async () => later },
      passwords: { verify: async (hash) => hash === 'old' },
      sessions: {
        // Nothing else of the session is read.
        open: async () => ({ sessionId: 's' }) as OpenedSession,
        logout: async ({ sessionId }) => void endedSessions.push(sessionId),
      },
      attempts: { check: async () => {}, reserve: async () => ({ end: async () => {} }) },
      signInTickets: { redeem: async () => undefined },
      securityLog: { write() {} },
    })
    const outcome = login(
      { username: 'anna', password: 'x' },
      { surface: 'v1', address: '', userAgent: '', extraClaims: () => ({}), refreshWith: 'jwt' },
    )
    if (ended.length === 0) await expect(outcome).resolves.toMatchObject({ sessionId: 's' })
    else await expect(outcome).rejects.toMatchObject({ code: 'credentials_wrong' })
    expect(endedSessions).toEqual(ended)
  })
})

describe('a sign-in ticket', () => {
  const grant = grantFor(sampleUser({ generation: 3 }))
  test.each([
    ['of an active account opens a session', sampleUser({ generation: 3 }), true],
    [
      'from before the owner changed the password does not',
      sampleUser({ generation: 3, passwordHash: 'x' }),
      false,
    ],
    ['of a disabled account does not', sampleUser({ generation: 3, disabled: true }), false],
    ['from before a change of the account does not', sampleUser({ generation: 4 }), false],
    ['of a deleted account does not', undefined, false],
  ])('%s', async (_, user, isRight) => {
    const { loginWithTicket } = createLogin({
      users: { findByLogin: async () => undefined, find: async () => user },
      passwords: { verify: async () => false },
      // Nothing else of the session is read.
      sessions: { open: async () => ({ sessionId: 's' }) as OpenedSession, logout: async () => {} },
      attempts: { check: async () => {}, reserve: async () => ({ end: async () => {} }) },
      signInTickets: { redeem: async (ticket) => (ticket === 'good' ? grant : undefined) },
      securityLog: { write() {} },
    })
    const request = { surface: 'v1', address: '', userAgent: '', extraClaims: () => ({}), refreshWith: 'jwt' }
    const loginWith = (ticket: string) => loginWithTicket(ticket, request as OpenSessionRequest)
    if (isRight) await expect(loginWith('good')).resolves.toMatchObject({ sessionId: 's' })
    else await expect(loginWith('good')).rejects.toMatchObject({ code: 'credentials_wrong' })
    await expect(loginWith('used before')).rejects.toMatchObject({ code: 'credentials_wrong' })
  })

  test('of a password alone opens none once the account has a second factor', async () => {
    const user = sampleUser()
    const { loginWithTicket } = createLogin({
      users: { findByLogin: async () => undefined, find: async () => user },
      passwords: { verify: async () => false },
      sessions: { open: async () => ({ sessionId: 's' }) as OpenedSession, logout: async () => {} },
      attempts: { check: async () => {}, reserve: async () => ({ end: async () => {} }) },
      signInTickets: {
        redeem: async (ticket) => ({ ...grantFor(user), isPasswordAlone: ticket === 'password' }),
      },
      requirePasswordSuffices: async () => {
        throw new Refusal('second_factor_required')
      },
      securityLog: { write() {} },
    })
    const request = { surface: 'v1', address: '', userAgent: '', extraClaims: () => ({}), refreshWith: 'jwt' }
    const loginWith = (ticket: string) => loginWithTicket(ticket, request as OpenSessionRequest)
    await expect(loginWith('password')).rejects.toMatchObject({ code: 'second_factor_required' })
    await expect(loginWith('factor')).resolves.toMatchObject({ sessionId: 's' })
  })
})
