import { expect, test } from 'vitest'
import { createSignIn } from '../../../../../api/core/auth/second-factor/sign-in.ts'
import { sampleUser } from '../../../../support/sample-user.ts'

test('a passkey signs in as long as the account is enabled, and no longer', async () => {
  let user = sampleUser({ id: '1', passwordAuthority: 'directory', source: 'ldap:corp', sourceId: 'id-1' })
  const signIn = createSignIn({
    users: { find: async () => user },
    passkeys: { verifyAuthentication: async () => '1' } as never,
    tickets: { issue: async () => 'ticket' },
    addressAttempts: { reserve: async () => ({ end: async () => {} }) },
    securityLog: { write: () => {} },
    // None of these is asked for a passkey.
    ...({} as never as Omit<
      Parameters<typeof createSignIn>[0],
      'users' | 'passkeys' | 'tickets' | 'addressAttempts' | 'securityLog'
    >),
  })
  expect(await signIn.withPasskey({} as never, '192.0.2.1')).toBe('ticket')
  user = { ...user, disabled: true }
  await expect(signIn.withPasskey({} as never, '192.0.2.1')).rejects.toMatchObject({
    code: 'credentials_wrong',
  })
})
