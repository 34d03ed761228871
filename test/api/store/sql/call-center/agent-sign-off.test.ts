import { describe, expect, test } from 'vitest'
import type { Session, SessionStore } from '../../../../../api/core/auth/session-store.ts'
import type { UserStore } from '../../../../../api/core/auth/users.ts'
import type { AgentStatus } from '../../../../../api/core/call-center/agents/agent.ts'
import { createSessionStore } from '../../../../../api/store/sql/auth/sessions.ts'
import { createUserStore } from '../../../../../api/store/sql/auth/users.ts'
import { createAgentStore } from '../../../../../api/store/sql/call-center/agents.ts'
import { newSession, newUser, until } from '../../../../support/fixtures/users.ts'
import { onBothEngines } from '../engines.ts'

const START = 1_700_000_000
const NOW = START + 100

describe('after their last session has ended, an agent', () => {
  onBothEngines((engine) => {
    /** An agent who logged in at `START` and is READY. */
    async function setUp(difference: Partial<Session> = {}) {
      const db = await engine.tables()
      const [users, agents, sessions] = [createUserStore(db), createAgentStore(db), createSessionStore(db)]
      const { id: userId } = await users.add(newUser())
      const { id } = await agents.add({ userId, name: 'Anna', kind: 'human', team: 'sales' }, START, until)
      const session = newSession({ userId, createdAt: START, ...difference })
      await sessions.add(session)
      await agents.setStatus(id, 'ready', START)
      const agent = async () => {
        const [found] = await agents.findAll([id])
        return found && { status: found.status, statusAt: found.statusAt }
      }
      return { users, agents, sessions, session, userId, id, agent }
    }
    type Fixture = { users: UserStore; sessions: SessionStore; userId: string; session: Session }

    test.each<[string, (fixture: Fixture) => Promise<unknown>]>([
      ['logs out', ({ sessions, session }) => sessions.end(session.id, NOW, 'logout')],
      ['is logged out', ({ sessions, userId }) => sessions.endAll(userId, undefined, NOW, 'ended_by_admin')],
      ['is disabled', ({ users, userId }) => users.update(userId, { disabled: true }, until)],
      ['gets a new password', ({ users, userId }) => users.setPassword(userId, '$argon2id$…', until)],
      ['gets a new role', ({ users, userId }) => users.update(userId, { role: 'supervisor' }, until)],
      ['is deleted', ({ users, userId }) => users.remove(userId, until)],
    ])('is OFFLINE when the user %s', async (_, endSession) => {
      const fixture = await setUp()
      await endSession(fixture)
      expect(await fixture.agent()).toMatchObject({ status: 'offline' })
    })

    test.each<AgentStatus>(['break', 'after_call'])('is OFFLINE also after status %s', async (status) => {
      const { agents, sessions, session, id, agent } = await setUp()
      await agents.setStatus(id, status, START)
      await sessions.end(session.id, NOW, 'logout')
      expect(await agent()).toEqual({ status: 'offline', statusAt: NOW })
    })

    test('stays READY while they have another active session', async () => {
      const { sessions, session, userId, agent } = await setUp()
      await sessions.add({ ...session, id: 'bGF0ZXItc2Vzc2lvbi1vZg' })
      await sessions.end(session.id, NOW, 'logout')
      expect(await agent()).toMatchObject({ status: 'ready' })
      await sessions.endAll(userId, 'bGF0ZXItc2Vzc2lvbi1vZg', NOW, 'ended_by_user')
      expect(await agent()).toMatchObject({ status: 'ready' })
      await sessions.end('bGF0ZXItc2Vzc2lvbi1vZg', NOW, 'logout')
      expect(await agent()).toMatchObject({ status: 'offline' })
    })

    test('is OFFLINE if their other session has expired', async () => {
      const { sessions, session, agent } = await setUp()
      await sessions.add({ ...session, id: 'b2xkLXNlc3Npb24tb2YtMQ', expiresAt: NOW - 1 })
      await sessions.end(session.id, NOW, 'logout')
      expect(await agent()).toMatchObject({ status: 'offline' })
    })

    test('stays READY through a refresh', async () => {
      const { agents, sessions, session, agent } = await setUp()
      await sessions.touch(session.id, NOW)
      await sessions.recordRefresh(session.id, { number: 1, hash: 'x' }, NOW, NOW + 500)
      await agents.setLapsedOffline(NOW)
      expect(await agent()).toMatchObject({ status: 'ready' })
    })

    test.each([
      ['expires', { expiresAt: NOW }],
      ['was not renewed in time', { idleExpiresAt: NOW }],
    ])('is OFFLINE when the session %s, and not a second before', async (_, end) => {
      const { agents, agent } = await setUp(end)
      await agents.setLapsedOffline(NOW - 1)
      expect(await agent()).toEqual({ status: 'ready', statusAt: START })
      await agents.setLapsedOffline(NOW)
      expect(await agent()).toEqual({ status: 'offline', statusAt: NOW })
    })

    test('is OFFLINE at the next login, also if no API ran when the session expired', async () => {
      const { sessions, session, agent } = await setUp({ expiresAt: NOW })
      const later = { ...session, id: 'bGF0ZXItc2Vzc2lvbi1vZg', createdAt: NOW + 5, expiresAt: NOW + 900 }
      await sessions.add(later)
      expect(await agent()).toMatchObject({ status: 'offline' })
    })

    test('is not set READY by a login', async () => {
      const { sessions, session, agent } = await setUp()
      await sessions.end(session.id, NOW, 'logout')
      await sessions.add({ ...session, id: 'bGF0ZXItc2Vzc2lvbi1vZg', createdAt: NOW + 5 })
      expect(await agent()).toMatchObject({ status: 'offline' })
    })

    test('keeps the status that a supervisor sets afterwards', async () => {
      const { agents, sessions, session, id, agent } = await setUp()
      await sessions.end(session.id, NOW, 'logout')
      await agents.setStatus(id, 'ready', NOW)
      await agents.setLapsedOffline(NOW + 10)
      expect(await agent()).toMatchObject({ status: 'ready' })
    })

    test('cannot set themselves READY afterwards', async () => {
      const { agents, sessions, session, id, agent } = await setUp()
      await sessions.end(session.id, NOW, 'logout')
      const update = agents.setOwnStatus({ id }, 'ready', NOW)
      await expect(update).rejects.toMatchObject({ code: 'token_revoked' })
      expect(await agent()).toMatchObject({ status: 'offline' })
    })

    test('does not change the status of an agent who never logged in', async () => {
      const { users, agents, sessions, session } = await setUp({ expiresAt: NOW })
      const bert = await users.add(newUser({ username: 'bert', extension: '202' }))
      const other = { name: 'Bert', kind: 'human', team: 'sales' } as const
      const { id } = await agents.add({ ...other, userId: bert.id }, START, until)
      await agents.setStatus(id, 'ready', START)
      await sessions.end(session.id, NOW - 1, 'logout')
      await agents.setLapsedOffline(NOW + 1)
      expect(await agents.findAll([id])).toMatchObject([{ status: 'ready', statusAt: START }])
    })
  })
})
