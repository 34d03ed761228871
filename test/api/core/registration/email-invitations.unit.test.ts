import { describe, expect, test } from 'vitest'
import type { CallCenterActor } from '../../../../api/core/call-center/agents/call-center-actor.ts'
import type { Scope } from '../../../../api/core/call-center/agents/scope.ts'
import {
  createEmailInvitations,
  type InviteInput,
} from '../../../../api/core/registration/email-invitations.ts'
import type { Invitation } from '../../../../api/core/registration/invitations.ts'

const SCOPES = {
  admin: { sees: 'all' },
  supervisor: { sees: 'team', team: 'sales', agentId: '2' },
  'supervisor without a team': { sees: 'own', agentId: '3' },
} as const satisfies Record<string, Scope>

function setUp({ mode = 'invitation', hasMail = true } = {}) {
  const kept: Invitation[] = []
  const inviting = createEmailInvitations({
    mode: mode as 'invitation', // as the tests name it
    hasMail,
    store: {
      addWithMail: async (invitation) => void kept.push(invitation),
      replaceHash: async () => undefined,
      find: async () => undefined,
      accept: async () => undefined,
    },
    users: { find: async () => undefined, findByLogin: async () => undefined },
    passwords: { hash: async () => 'hash' },
    throttle: { consume: async () => {} },
    now: () => 1_000_000,
  })
  const invite = (who: keyof typeof SCOPES, order: Partial<InviteInput> = {}) => {
    // Of the standing, these are what an invitation asks for.
    const standing = { userId: '7', scope: SCOPES[who] } as CallCenterActor
    return inviting.invite(standing, { email: 'carl@example.org', role: 'user', days: 7, ...order })
  }
  return { invite, kept, inviting }
}

describe('who may invite whom', () => {
  test.each([
    ['admin', { role: 'admin', team: 'support' }, 'support'],
    ['admin', { role: 'supervisor' }, null],
    ['supervisor', { role: 'user' }, 'sales'],
    ['supervisor', { role: 'user', team: 'sales' }, 'sales'],
  ] as const)('%s: %j', async (who, order, team) => {
    const { invite, kept } = setUp()
    await invite(who, order)
    expect(kept).toMatchObject([{ role: order.role, team, createdBy: '7', expiresAt: 1_000 + 7 * 86_400 }])
  })

  test.each([
    ['supervisor', { role: 'supervisor' }],
    ['supervisor', { role: 'admin' }],
    ['supervisor', { role: 'user', team: 'support' }],
    ['supervisor without a team', { role: 'user' }],
    ['supervisor without a team', { role: 'user', team: 'sales' }],
  ] as const)('%s not: %j', async (who, order) => {
    const { invite, kept } = setUp()
    await expect(invite(who, order)).rejects.toMatchObject({ code: 'forbidden' })
    expect(kept).toEqual([])
  })
})

test.each([
  ['nobody where registration is closed', { mode: 'closed' }, 'forbidden', /closed/],
  [
    'nobody without a mail server, and says which setting is missing',
    { hasMail: false },
    'not_supported',
    /HOOKSWITCH_SMTP_URL/,
  ],
] as const)('invites %s', async (_, difference, code, detail) => {
  const { invite } = setUp(difference)
  await expect(invite('admin')).rejects.toMatchObject({ code, detail: expect.stringMatching(detail) })
})

test('an invitation nobody made is none', async () => {
  await expect(setUp().inviting.find('inv_guessed')).rejects.toMatchObject({
    code: 'not_found',
    detail: 'Invalid or expired invitation',
  })
})
