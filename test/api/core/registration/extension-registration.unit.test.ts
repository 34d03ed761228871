import { afterEach, describe, expect, test } from 'vitest'
import { createAccounts } from '../../../../api/core/auth/accounts.ts'
import { createDialPolicy } from '../../../../api/core/dial-policy/create-dial-policy.ts'
import { PolicyFile } from '../../../../api/core/dial-policy/policy-file.ts'
import { hashToken } from '../../../../api/core/registration/invitations.ts'
import { createSelfRegistration } from '../../../../api/core/registration/self-registration.ts'
import { createEmailInvitationStore } from '../../../../api/store/sql/registration/email-invitations.ts'
import { createProvisioningFixture, type ProvisioningFixture } from '../../../support/provisioning-fixture.ts'

let world: ProvisioningFixture
afterEach(() => world.close())

test.each([
  ['an invitation of an older release', {}],
  ['an invitation for an admin of the call center', { role: 'admin', team: 'sales' }],
] as const)('%s creates a user with an extension on the onboarding surface', async (_, as) => {
  world = await createProvisioningFixture({ mode: 'invitation' })
  const { invitation } = await world.invitations.invite({ email: null, days: 7, createdBy: null, ...as })
  const { user, extension } = await world.register('anna@example.org', { invitation })
  expect([user.role, extension]).toEqual(['user', '2000'])
  await expect(world.register('boris@example.org', { invitation })).rejects.toMatchObject({
    code: 'forbidden',
  })
})

test('an invitation with an extension gives that number, also one outside the range', async () => {
  world = await createProvisioningFixture({ mode: 'invitation' })
  const invite = async (extension: string) =>
    (await world.invitations.invite({ email: null, days: 7, createdBy: null, extension })).invitation
  const [first, second] = [await invite('3456'), await invite('3456')]
  expect(await world.register('anna@example.org', { invitation: first })).toMatchObject({ extension: '3456' })
  await expect(world.register('boris@example.org', { invitation: second })).rejects.toMatchObject({
    code: 'unavailable',
  })
})

describe('an address that an open invitation names', () => {
  const invited = async (days = 7) => {
    world = await createProvisioningFixture()
    const { invitations } = world
    return invitations.invite({ email: 'Anna@example.org', days, createdBy: null, role: 'supervisor' })
  }
  const TAKEN = { code: 'taken', detail: 'email' }

  test('is taken for a registration without the invitation in open mode', async () => {
    await invited()
    await expect(world.register('anna@EXAMPLE.org')).rejects.toMatchObject(TAKEN)
    expect(await world.users.count()).toBe(0)
    await expect(world.register('boris@example.org')).resolves.toBeDefined()
  })

  test('is taken for a client with another invitation', async () => {
    await invited()
    const { invitation } = await world.invitations.invite({ email: null, days: 7, createdBy: null })
    await expect(world.register('anna@example.org', { invitation })).rejects.toMatchObject(TAKEN)
    // The invitation stays usable.
    await expect(world.register('boris@example.org', { invitation })).resolves.toBeDefined()
  })

  test('is free for a client with one of its invitations', async () => {
    const { invitation } = await invited()
    await world.invitations.invite({ email: 'anna@example.org', days: 7, createdBy: null })
    expect((await world.register('anna@example.org', { invitation })).user.email).toBe('anna@example.org')
  })

  test('is free again when the invitation has expired', async () => {
    await invited()
    world.wait(7 * 86_400)
    await expect(world.register('anna@example.org')).resolves.toBeDefined()
  })

  test.each([
    ['as an address', { username: 'eve', email: 'anna@example.org' }, 'email'],
    ['as a name', { username: 'Anna@Example.org', email: null }, 'username'],
  ])('is taken %s for a user who registers, and free for an admin who adds one', async (_, names, detail) => {
    await invited()
    const user = { ...names, extension: '3000', role: 'user', passwordHash: '$argon2id$a' } as const
    await expect(world.users.addSelfRegistered(user)).rejects.toMatchObject({ code: 'taken', detail })
    await expect(world.users.add(user)).resolves.toBeDefined()
  })

  test('is taken for an account of an invitation without an address', async () => {
    const { invitation } = await invited()
    const other = await world.invitations.invite({ email: null, days: 7, createdBy: null })
    const account = { username: 'anna', email: 'anna@example.org', name: 'Anna', passwordHash: '$argon2id$a' }
    const now = Math.floor(world.now() / 1000)
    const invites = createEmailInvitationStore(world.db)
    await expect(invites.accept(hashToken(other.invitation), account, now)).rejects.toMatchObject(TAKEN)
    expect(await invites.accept(hashToken(invitation), account, now)).toMatchObject({ role: 'supervisor' })
  })
})

test('a number that is not assignable is skipped', async () => {
  world = await createProvisioningFixture({ isFit: async (extension) => extension !== '2000' })
  expect((await world.register()).extension).toBe('2001')
})

describe('a user who chooses an extension', () => {
  const setUp = async (hasFiles: boolean) => {
    world = await createProvisioningFixture()
    const { users } = world
    const accounts = createAccounts({
      ...{ users, passwords: { hash: async () => '$argon2id$a' } },
      policy: () => createDialPolicy(PolicyFile.parse({})),
    })
    const own = createSelfRegistration({ accounts, users, media: { hasFiles: async () => hasFiles } })
    return own.register({ username: 'eve', password: 'a long one', extension: '7777' }, '192.0.2.1')
  }

  test('gets one with an empty media folder', async () => {
    expect(await setUp(false)).toMatchObject({ extension: '7777', role: 'user' })
  })

  test('does not get one with files in its media folder', async () => {
    await expect(setUp(true)).rejects.toMatchObject({ code: 'taken', detail: 'extension' })
    expect(await world.users.count()).toBe(0)
  })
})
