import { describe, expect, test } from 'vitest'
import { createInvitations, hashToken } from '../../../../../api/core/registration/invitations.ts'
import { createInvitationStore } from '../../../../../api/store/sql/registration/invitations.ts'
import { onBothEngines } from '../engines.ts'

describe('an invitation', () => {
  onBothEngines((engine) => {
    const NOW = 1_000_000
    const setUp = async (email: string | null = null) => {
      const db = await engine.tables()
      const store = createInvitationStore(db)
      const invitations = createInvitations(store, () => NOW * 1000)
      const { invitation, expiresAt } = await invitations.invite({ email, days: 7, createdBy: null })
      return { db, store, invitations, invitation, hash: hashToken(invitation), expiresAt }
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

    test('is listed while it is usable, newest first', async () => {
      const { store, invitations } = await setUp('anna@example.org')
      const old = {
        hash: 'old',
        email: null,
        role: null,
        team: null,
        createdBy: '7',
        createdAt: 5,
        usedAt: null,
      }
      await store.add({ ...old, expiresAt: NOW + 1 })
      await store.add({ ...old, hash: 'over', expiresAt: NOW })
      const open = await invitations.listOpen()
      expect(open.map(({ email, createdBy }) => [email, createdBy])).toEqual([
        ['anna@example.org', null],
        [null, '7'],
      ])
    })
  })
})
