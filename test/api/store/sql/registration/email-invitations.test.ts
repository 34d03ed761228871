import { describe, expect, test } from 'vitest'
import { hashToken } from '../../../../../api/core/registration/invitations.ts'
import { createInvitationStore } from '../../../../../api/store/sql/registration/invitations.ts'
import { addInvitation } from '../../../../support/fixtures/invitations.ts'
import { newUser } from '../../../../support/fixtures/users.ts'
import { onBothEngines } from '../engines.ts'
import { agentOf, NOW, storesOf } from './fixtures/stores.ts'

describe('an invitation by mail', () => {
  onBothEngines((engine) => {
    async function setUp() {
      const world = storesOf(await engine.tables())
      const inviter = await world.users.add(newUser({ username: 'boss', role: 'admin', extension: null }))
      const invitation = {
        id: 'invitation-1',
        hash: 'first',
        email: 'carl@example.org',
        role: 'supervisor' as const,
        team: 'sales',
        extension: null,
        createdBy: inviter.id,
        createdAt: NOW,
        expiresAt: NOW + 86_400,
        usedAt: null,
      }
      await world.invites.addWithMail(invitation, 'Carl@example.org')
      const [mail] = await world.mails.claim(NOW, NOW + 60, 10)
      if (mail === undefined) throw new Error('no mail')
      return { ...world, invitation, mail, inviter }
    }
    const carl = { username: 'carl', email: 'carl@example.org', name: 'Carl', passwordHash: '$argon2id$c' }

    test('creates an account with its role and team, once', async () => {
      const world = await setUp()
      const user = await world.invites.accept('first', carl, NOW)
      expect(user).toMatchObject({ username: 'carl', role: 'supervisor', email: 'carl@example.org' })
      expect(await agentOf(world, user?.id ?? '')).toMatchObject({ team: 'sales', name: 'Carl' })
      expect(
        await world.invites.accept('first', { ...carl, username: 'c2', email: 'c@example.org' }, NOW),
      ).toBeUndefined()
      expect(await world.invites.find('first', NOW)).toBeUndefined()
    })

    test.each<[string, (world: Awaited<ReturnType<typeof setUp>>) => Promise<unknown>]>([
      ['is no overseer any more', ({ users, inviter }) => users.update(inviter.id, { role: 'user' }, NOW)],
      ['is disabled', ({ users, inviter }) => users.update(inviter.id, { disabled: true }, NOW)],
      ['is deleted', ({ users, inviter }) => users.remove(inviter.id, NOW)],
    ])('gives no role above user once its maker %s', async (_, change) => {
      const world = await setUp()
      await world.users.add(newUser({ username: 'other-boss', role: 'admin', extension: null }))
      await change(world)
      expect(await world.invites.find('first', NOW)).toBeUndefined()
      expect(await world.invites.accept('first', carl, NOW)).toBeUndefined()
    })

    test('gives its extension to the account, unless another user has it by now', async () => {
      const world = await setUp()
      const named = { ...world.invitation, id: 'invitation-2', hash: 'named', extension: '1004' }
      await createInvitationStore(world.db).add({ ...named, email: null })
      const account = { ...carl, username: 'dora', email: 'dora@example.org' }
      const other = await world.users.add(newUser({ username: 'boris', extension: '1004' }))
      await expect(world.invites.accept('named', account, NOW)).rejects.toMatchObject({
        ...{ code: 'taken', detail: 'extension' },
      })
      await world.users.update(other.id, { extension: null }, NOW)
      await expect(world.invites.accept('named', account, NOW)).rejects.toMatchObject({ code: 'taken' })
      await world.db.query.deleteFrom('extensions').execute()
      expect(await world.invites.accept('named', account, NOW)).toMatchObject({ extension: '1004' })
      expect(await world.users.findByLogin('1004')).toMatchObject({ username: 'dora' })
    })

    test('each attempt to mail it has a new token and invalidates the former one', async () => {
      const { invites, mail, invitation } = await setUp()
      expect(await invites.replaceHash(mail, 'second', NOW)).toEqual({ ...invitation, hash: 'second' })
      expect(await invites.find('first', NOW)).toBeUndefined()
      expect(await invites.replaceHash({ ...mail, about: 'second' }, 'third', NOW)).toMatchObject({
        hash: 'third',
      })
      expect(await invites.find('third', NOW)).toMatchObject({ role: 'supervisor' })
    })

    test('that is used is not mailed any more', async () => {
      const { invites, mail } = await setUp()
      await invites.accept('first', carl, NOW)
      expect(await invites.replaceHash(mail, 'second', NOW)).toBeUndefined()
    })

    test('creates one user, though several use it concurrently', async () => {
      const { invites, users } = await setUp()
      const used = await Promise.all(
        Array.from({ length: 8 }, (_, n) =>
          invites.accept('first', { ...carl, username: `c${n}`, email: `c${n}@example.org` }, NOW),
        ),
      )
      expect(used.filter((one) => one !== undefined)).toHaveLength(1)
      expect(await users.count()).toBe(2)
    })

    test('stays usable if the username is taken', async () => {
      const { invites, users } = await setUp()
      await users.add(newUser({ username: 'carl' }))
      await expect(invites.accept('first', carl, NOW)).rejects.toMatchObject({
        code: 'taken',
        detail: 'username',
      })
      expect(await invites.find('first', NOW)).toBeDefined()
    })

    test('of an older release has no role, and creates a user', async () => {
      const { db, invites } = await setUp()
      const { invitation } = await addInvitation(createInvitationStore(db), { now: NOW })
      expect(await invites.find(hashToken(invitation), NOW)).toMatchObject({ role: null, team: null })
      const other = { ...carl, email: 'carla@example.org' }
      expect(await invites.accept(hashToken(invitation), other, NOW)).toMatchObject({ role: 'user' })
    })
  })
})
