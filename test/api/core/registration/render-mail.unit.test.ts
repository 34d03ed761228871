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
function createFixture({
  hasAccount = false,
  isPending = true,
  account = { username: 'anna' } as Partial<User>,
} = {}) {
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
      findByLogin: async () => (hasAccount ? (account as User) : undefined), // no other member is read
    },
    roleName: () => 'agent',
    passwordResets: {
      setToken: async (_, hash, expiresAt) => {
        hashes.push(hash, String(expiresAt))
      },
    },
    appUrl: 'https://app.example.org',
    consoleUrl: 'https://voice.example.org/console',
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

  const reset: QueuedMail = { ...mail, kind: 'password_reset', recipient: 'ANNA@example.org' }
  const anna: Partial<User> = {
    ...{ id: '7', username: 'anna', email: 'Anna@example.org', disabled: false, language: null },
    passwordAuthority: 'local',
  }

  it.each([
    ['en', 'Reset your password', 'your account anna'],
    ['ru', 'Сброс пароля', 'учётной записи anna'],
    ['es', 'Restablecer la contraseña', 'su cuenta anna'],
    [null, 'Reset your password', 'your account anna'],
  ] as const)('that resets a password is in the user’s language %s', async (language, subject, text) => {
    const { render } = createFixture({ hasAccount: true, account: { ...anna, language } })
    const rendered = await render(reset)
    expect(rendered).toMatchObject({ subject, text: expect.stringContaining(text) })
  })

  it.each([
    ['en', 'phone', 'at the PBX'],
    ['ru', 'directory', 'корпоративной'],
    ['es', 'provider', 'cuenta de empresa'],
  ] as const)(
    'that resets a password that is verified elsewhere has no link: %s, %s',
    async (language, passwordAuthority, text) => {
      const { render, hashes } = createFixture({
        hasAccount: true,
        account: { ...anna, language, passwordAuthority },
      })
      const rendered = await render(reset)
      expect(rendered).toMatchObject({ to: 'Anna@example.org', text: expect.stringContaining(text) })
      expect(rendered?.text).not.toContain('http')
      expect(hashes).toEqual([])
    },
  )

  it('that resets a password goes to the stored address, with a link for an hour and its token behind #', async () => {
    const { render, hashes } = createFixture({ hasAccount: true, account: anna })
    const { to, text = '' } = (await render(reset)) ?? {}
    expect(to).toBe('Anna@example.org')
    const [, token = ''] =
      /^ {2}https:\/\/voice\.example\.org\/console\/reset#token=(pwd_[\w-]{32})$/m.exec(text) ?? []
    expect(hashes).toEqual([hashToken(token), '3600'])
  })

  it.each([
    ['no account', false, anna],
    ['an account that has the text as another name', true, { ...anna, email: 'other@example.org' }],
    ['an account without an address', true, { ...anna, email: null }],
    ['a disabled account', true, { ...anna, disabled: true }],
  ])('that resets a password does not exist for %s', async (_, hasAccount, account) => {
    const { render, hashes } = createFixture({ hasAccount, account })
    expect(await render(reset)).toBeUndefined()
    expect(hashes).toEqual([])
  })
})
