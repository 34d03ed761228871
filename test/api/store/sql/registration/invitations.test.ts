import { describe, expect, test } from 'vitest'
import type {
  InvitationAdminStore,
  InvitationState,
} from '../../../../../api/core/registration/invitation-admin.ts'
import { hashToken, type Invitation } from '../../../../../api/core/registration/invitations.ts'
import { createInvitationAdminStore } from '../../../../../api/store/sql/registration/invitation-admin.ts'
import { createInvitationStore } from '../../../../../api/store/sql/registration/invitations.ts'
import { addInvitation } from '../../../../support/fixtures/invitations.ts'
import { onBothEngines } from '../engines.ts'

async function onlyOne(admin: InvitationAdminStore, hash: string): Promise<Invitation> {
  const found = (await admin.search({}, 0, { limit: 10 })).find((one) => one.hash === hash)
  if (found === undefined) throw new Error('no such invitation')
  return found
}

describe('an invitation', () => {
  onBothEngines((engine) => {
    const NOW = 1_000_000
    const setUp = async (email: string | null = null) => {
      const db = await engine.tables()
      const store = createInvitationStore(db)
      const { invitation, expiresAt } = await addInvitation(store, { email, now: NOW })
      return { db, store, invitation, hash: hashToken(invitation), expiresAt }
    }

    test('is valid for its days, and its token is not stored', async () => {
      const { db, store, invitation, hash, expiresAt } = await setUp()
      expect(expiresAt).toBe(NOW + 7 * 86_400)
      expect(await store.isValidFor(hash, 'anna@example.org', NOW)).toBe(true)
      expect(await store.isValidFor(hash, 'anna@example.org', expiresAt)).toBe(false)
      const kept = JSON.stringify(await db.query.selectFrom('invitations').selectAll().execute())
      expect(kept).toContain(hash)
      expect(kept).not.toContain(invitation.slice('inv_'.length))
    })

    test.each([
      ['the address it is for, in any case', 'ANNA@example.org', true],
      ['another address', 'boris@example.org', false],
    ])('that names an address is valid for it only: %s', async (_, email, good) => {
      const { store, hash } = await setUp('Anna@example.org')
      expect(await store.isValidFor(hash, email, NOW)).toBe(good)
    })

    test('that was never issued is invalid', async () => {
      const { store } = await setUp()
      expect(await store.isValidFor(hashToken('inv_guessed'), 'anna@example.org', NOW)).toBe(false)
    })

    test('is listed by its state, newest first', async () => {
      const { db, store, hash } = await setUp('anna@example.org')
      const admin = createInvitationAdminStore(db)
      await addInvitation(store, { now: NOW - 86_400, days: 1, createdBy: '7' })
      await addInvitation(store, { now: NOW - 5, createdBy: '7' })
      await store.add({ ...(await onlyOne(admin, hash)), id: 'used', hash: 'used', usedAt: NOW })
      const idsOf = async (state?: InvitationState) => {
        const found = await admin.search({ state }, NOW, { limit: 10 })
        expect(await admin.countMatching({ state }, NOW)).toBe(found.length)
        return found.map(({ email, createdBy }) => email ?? createdBy)
      }
      expect(await idsOf('pending')).toEqual(['anna@example.org', '7'])
      expect(await idsOf('expired')).toEqual(['7'])
      expect(await idsOf('accepted')).toEqual(['anna@example.org'])
      expect(await idsOf()).toHaveLength(4)
    })

    test('pages through all, each once', async () => {
      const { db, store } = await setUp()
      for (let n = 0; n < 4; n += 1) await addInvitation(store, { now: NOW })
      const admin = createInvitationAdminStore(db)
      const first = await admin.search({}, NOW, { limit: 3 })
      const after = first.at(-1)
      const second = await admin.search({}, NOW, { limit: 3, ...(after && { after }) })
      expect(new Set([...first, ...second].map(({ id }) => id)).size).toBe(5)
    })

    test('that is sent again has another token, and is mailed once', async () => {
      const { db, hash } = await setUp('anna@example.org')
      const admin = createInvitationAdminStore(db)
      const { id } = await onlyOne(admin, hash)
      const next = { expiresAt: NOW + 9, now: NOW + 1, recipient: 'anna@example.org' }
      expect(await admin.renew(id, { ...next, hash: 'second' })).toMatchObject({ id, expiresAt: NOW + 9 })
      await admin.renew(id, { ...next, hash: 'third' })
      const mails = await db.query.selectFrom('mail_queue').selectAll().execute()
      expect(mails.map(({ about }) => about)).toEqual(['third'])
    })

    test('that was used is neither sent again nor cancelled', async () => {
      const { db, store, hash } = await setUp()
      const admin = createInvitationAdminStore(db)
      await store.add({ ...(await onlyOne(admin, hash)), id: 'used', hash: 'used', usedAt: NOW })
      expect(await admin.cancel('used')).toBeUndefined()
      const next = { hash: 'x', expiresAt: NOW + 9, now: NOW, recipient: undefined }
      expect(await admin.renew('used', next)).toBeUndefined()
      expect(await admin.cancel((await onlyOne(admin, hash)).id)).toMatchObject({ hash })
      expect((await admin.search({}, NOW, { limit: 9 })).map(({ id }) => id)).toEqual(['used'])
    })
  })
})
