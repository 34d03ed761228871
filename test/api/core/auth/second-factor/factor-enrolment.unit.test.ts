import { expect, test } from 'vitest'
import { createFactorEnrolment } from '../../../../../api/core/auth/second-factor/factor-enrolment.ts'
import { sampleUser } from '../../../../support/sample-user.ts'

test('an attempt ends where the stored secret cannot be opened', async () => {
  const outcomes: string[] = []
  const enrolment = createFactorEnrolment({
    store: { findTotp: async () => ({ isConfirmed: false, sealedSecret: 'of another key' }) } as never,
    passkeys: {} as never, // no passkey is added
    attempts: {
      reserve: async () => ({ end: async (outcome: string) => void outcomes.push(outcome) }),
    } as never,
    seal: {
      seal: (secret) => secret,
      open() {
        throw new Error('not sealed with this key')
      },
    },
    securityLog: { write: () => {} },
    now: () => 0,
  })
  const user = sampleUser({ id: '1' })
  const terms = { user, owner: { userId: '1', generation: 0 }, mustBeFirst: true, address: '192.0.2.1' }
  await expect(enrolment.complete(terms, { code: '123456' })).rejects.toThrow('not sealed')
  expect(outcomes).toEqual(['void'])
})
