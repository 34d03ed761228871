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
  const stored: Invitation[] = []
  const invitations = createEmailInvitations({
    mode: mode as 'invitation', // a mode of the tests
    hasMail,
    store: {
      addWithMail: async (invitation) => void stored.push(invitation),
      replaceHash: async () => undefined,
      find: async () => undefined,
      accept: async () => undefined,
    },
    users: { find: async () => undefined, findByLogin: async () => undefined },
    passwords: { hash: async () => 'hash' },
    throttle: { consume: async () => {} },
    now: () => 1_000_000,
  })
  const invite = (who: keyof typeof SCOPES, input: Partial<InviteInput> = {}) => {
    // The members of the actor that `invite` reads.
    const actor = { userId: '7', scope: SCOPES[who] } as CallCenterActor
    return invitations.invite(actor, { email: 'carl@example.org', role: 'user', days: 7, ...input })
  }
  return { invite, stored, invitations }
}

describe('who may invite whom', () => {
  test.each([
    ['admin', { role: 'admin', team: 'support' }, 'support'],
    ['admin', { role: 'supervisor' }, null],
    ['supervisor', { role: 'user' }, 'sales'],
    ['supervisor', { role: 'user', team: 'sales' }, 'sales'],
  ] as const)('%s: %j', async (who, input, team) => {
    const { invite, stored } = setUp()
    await invite(who, input)
    expect(stored).toMatchObject([{ role: input.role, team, createdBy: '7', expiresAt: 1_000 + 7 * 86_400 }])
  })

  test.each([
    ['supervisor', { role: 'supervisor' }],
    ['supervisor', { role: 'admin' }],
    ['supervisor', { role: 'user', team: 'support' }],
    ['supervisor without a team', { role: 'user' }],
    ['supervisor without a team', { role: 'user', team: 'sales' }],
  ] as const)('%s may not: %j', async (who, input) => {
    const { invite, stored } = setUp()
    await expect(invite(who, input)).rejects.toMatchObject({ code: 'forbidden' })
    expect(stored).toEqual([])
  })
})

test.each([
  ['if registration is closed', { mode: 'closed' }, 'forbidden', /closed/],
  [
    'without a mail server, and the error names the missing setting',
    { hasMail: false },
    'not_supported',
    /HOOKSWITCH_SMTP_URL/,
  ],
] as const)('does not invite %s', async (_, difference, code, detail) => {
  const { invite } = setUp(difference)
  await expect(invite('admin')).rejects.toMatchObject({ code, detail: expect.stringMatching(detail) })
})

test('an invitation that was never issued is not found', async () => {
  await expect(setUp().invitations.find('inv_guessed')).rejects.toMatchObject({
    code: 'not_found',
    detail: 'Invalid or expired invitation',
  })
})
