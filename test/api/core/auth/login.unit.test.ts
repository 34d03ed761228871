import { describe, expect, test } from 'vitest'
import { createLogin } from '../../../../api/core/auth/login.ts'
import type { OpenedSession } from '../../../../api/core/auth/sessions.ts'
import type { User } from '../../../../api/core/auth/users.ts'

const anna = { id: '7', username: 'anna', passwordHash: 'old', disabled: false, revision: 0 } as User // nothing else is read

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
