import { describe, expect, it } from 'vitest'
import type { User } from '../../../../api/core/auth/users.ts'
import { hashToken, newInvitation } from '../../../../api/core/registration/invitations.ts'
import type { QueuedMail } from '../../../../api/core/registration/outbox.ts'
import { createMailRenderer } from '../../../../api/core/registration/render-mail.ts'

const mail: QueuedMail = {
  id: '1',
  kind: 'verification',
  recipient: 'anna@example.org',
  about: null,
  tries: 1,
}

/** A renderer; `hashes` are those of the tokens it has created. */
function createFixture({ hasAccount = false, isPending = true } = {}) {
  const hashes: string[] = []
  const input = { email: null, role: 'user', team: 'sales', createdBy: '7', days: 1 } as const
  const { invitation } = newInvitation(input, 0)
  const render = createMailRenderer({
    registrations: {
      setToken: async (_, hash) => {
        hashes.push(hash)
        return isPending ? { username: 'anna', passwordHash: 'hash' } : undefined
      },
    },
    invitations: {
      replaceHash: async (_, hash) => {
        hashes.push(hash)
        return isPending ? invitation : undefined
      },
    },
    users: {
      find: async () => ({ username: 'root' }) as User, // the renderer reads the username only
      findByLogin: async () => (hasAccount ? ({ username: 'anna' } as User) : undefined), // not read
    },
    roleName: () => 'agent',
    appUrl: 'https://app.example.org',
    now: () => 0,
  })
  return { render, hashes }
}
const tokenIn = (text = '') => /^ {2}((?:ver|inv)_\S+)$/m.exec(text)?.[1] ?? ''

describe('a rendered mail', () => {
  it.each(['verification', 'invitation'] as const)(
    'of the kind %s has a new token each time, of which only the hash is stored',
    async (kind) => {
      const { render, hashes } = createFixture()
      const tokens = [await render({ ...mail, kind }), await render({ ...mail, kind })].map((one) =>
        tokenIn(one?.text),
      )
      expect(new Set(tokens).size).toBe(2)
      expect(tokens.map(hashToken)).toEqual(hashes)
    },
  )

  it('for the owner of an account has no token', async () => {
    const { render, hashes } = createFixture({ hasAccount: true })
    const { subject, text } = (await render(mail)) ?? {}
    expect([subject, tokenIn(text), hashes]).toEqual(['You have an account', '', []])
  })

  it('of an invitation names inviter, role, team and expiry', async () => {
    const { text } = (await createFixture().render({ ...mail, kind: 'invitation' })) ?? {}
    expect(text).toMatch(/^root invites you to join as agent of the team sales\.\n/)
    expect(text).toContain('expires on 1970-01-02 00:00 UTC')
  })

  it.each(['verification', 'invitation'] as const)('does not exist if the %s is obsolete', async (kind) => {
    const { render } = createFixture({ isPending: false })
    expect(await render({ ...mail, kind })).toBeUndefined()
  })
})
