import { describe, expect, test } from 'vitest'
import { createRevocationStore } from '../../../../../api/store/sql/auth/revocations.ts'
import { createSessionStore } from '../../../../../api/store/sql/auth/sessions.ts'
import { createUserStore } from '../../../../../api/store/sql/auth/users.ts'
import { createEndpointStore } from '../../../../../api/store/sql/webhooks/endpoints.ts'
import { newSession, newUser } from '../../../../support/fixtures/users.ts'
import { onBothEngines } from '../engines.ts'

describe('sessions', () => {
  onBothEngines((engine) => {
    const setUp = async () => {
      const db = await engine.tables()
      const { id: userId } = await createUserStore(db).add(newUser())
      const session = newSession({ userId })
      const sessions = createSessionStore(db)
      await sessions.add(session)
      return { db, sessions, session, revocations: createRevocationStore(db) }
    }

    test('a session is found as it was added', async () => {
      const { sessions, session } = await setUp()
      expect(await sessions.find(session.id)).toEqual(session)
    })

    test('an unknown session is not found', async () => {
      const { sessions } = await setUp()
      expect(await sessions.find('bm8tc3VjaC1zZXNzaW9uIQ')).toBeUndefined()
    })

    test('a session belongs to a user that exists', async () => {
      const { sessions } = await setUp()
      await expect(sessions.add(newSession({ id: 'other', userId: '77' }))).rejects.toThrow(/foreign key/i)
    })

    test('the last login of a user counts also when it is over; who never logged in has none', async () => {
      const { sessions, session } = await setUp()
      const createdAt = session.createdAt + 100
      await sessions.add({ ...session, id: 'bGF0ZXItc2Vzc2lvbi1vZg', createdAt, lastSeenAt: createdAt })
      await sessions.touch(session.id, createdAt + 5)
      await sessions.end('bGF0ZXItc2Vzc2lvbi1vZg', createdAt + 1, 'logout')
      const activity = await sessions.activityOf([session.userId, '99', 'nobody'])
      expect([...activity]).toEqual([[session.userId, { lastLogin: createdAt, lastSeen: createdAt + 5 }]])
      expect(await sessions.activityOf([])).toEqual(new Map())
    })

    test('a touch notes when a session was used, and a late one does not turn time back', async () => {
      const { sessions, session } = await setUp()
      await sessions.touch(session.id, session.createdAt + 60)
      await sessions.touch(session.id, session.createdAt + 30)
      expect(await sessions.find(session.id)).toEqual({ ...session, lastSeenAt: session.createdAt + 60 })
    })

    test('ending a session revokes it until it would have expired', async () => {
      const { sessions, session, revocations } = await setUp()
      const entry = await sessions.end(session.id, 1_700_000_100, 'logout')
      expect(entry).toEqual({
        id: expect.stringMatching(/^[1-9]\d*$/),
        kind: 'sid',
        key: session.id,
        generation: 0,
        until: session.expiresAt,
      })
      expect(await revocations.unpublished(10)).toEqual([entry])
      expect(await sessions.find(session.id)).toMatchObject({
        endedAt: 1_700_000_100,
        endReason: 'logout',
      })
    })

    test('a session ends once, and the first reason stays', async () => {
      const { sessions, session, revocations } = await setUp()
      await sessions.end(session.id, 1_700_000_100, 'logout')
      expect(await sessions.end(session.id, 1_700_000_200, 'expired')).toBeUndefined()
      expect(await sessions.find(session.id)).toMatchObject({ endedAt: 1_700_000_100, endReason: 'logout' })
      expect(await revocations.unpublished(10)).toHaveLength(1)
    })

    test('two who end a session at once end it once', async () => {
      const { sessions, session, revocations } = await setUp()
      const entries = await Promise.all([
        sessions.end(session.id, 1_700_000_100, 'logout'),
        sessions.end(session.id, 1_700_000_100, 'logout'),
      ])
      expect(entries.filter(Boolean)).toHaveLength(1)
      expect(await revocations.unpublished(10)).toHaveLength(1)
    })

    test('a user who is removed has no session, and receivers of webhooks learn it', async () => {
      const { db, session } = await setUp()
      const endpoint = { url: 'https://a.example/', events: ['session.ended' as const], description: '' }
      const sealed = { enabled: true, sealedSecret: 's', createdBy: null }
      await createEndpointStore(db).add({ ...endpoint, ...sealed }, 1_700_000_000, 1)
      await createUserStore(db, () => session.createdAt + 1).remove(session.userId, 1_700_000_200)
      const messages = await db.query.selectFrom('webhook_messages').select('type').execute()
      expect(messages).toEqual([{ type: 'session.ended' }])
    })

    test('an unknown session cannot end', async () => {
      const { sessions, revocations } = await setUp()
      expect(await sessions.end('bm8tc3VjaC1zZXNzaW9uIQ', 1_700_000_100, 'logout')).toBeUndefined()
      expect(await revocations.unpublished(10)).toEqual([])
    })
  })
})
