import { describe, expect, test } from 'vitest'
import {
  purgeSecurityEvents,
  type SecurityEventCursor,
  toSecurityRecord,
} from '../../../../../api/core/auth/security-events.ts'
import { createSecurityEventStore } from '../../../../../api/store/sql/auth/security-events.ts'
import { createUserStore } from '../../../../../api/store/sql/auth/users.ts'
import { newUser } from '../../../../support/fixtures/users.ts'
import { onBothEngines } from '../engines.ts'

describe('security events', () => {
  onBothEngines((engine) => {
    async function setUp() {
      const db = await engine.tables()
      const store = createSecurityEventStore(db)
      const anna = await createUserStore(db).add(newUser())
      const root = await createUserStore(db).add(newUser({ username: 'root', extension: null }))
      const session = { userId: anna.id, sessionId: 's1' }
      await store.add([
        toSecurityRecord(
          { event: 'authn_login_success', username: 'anna', ...session, address: '192.0.2.1' },
          100,
        ),
        toSecurityRecord({ event: 'authn_login_fail', username: 'Иван %_\\', address: '192.0.2.2' }, 200),
        toSecurityRecord({ event: 'session_logout', ...session, address: '2001:db8::1' }, 300),
      ])
      await store.add([
        toSecurityRecord(
          {
            ...{ event: 'user_updated', userId: anna.id, target: 'anna', changes: 'role=admin' },
            ...{ actorId: root.id, address: '192.0.2.9' },
          } as const,
          300,
        ),
        toSecurityRecord(
          { event: 'do_not_call_added', target: '+4930', actorId: 'cli', address: 'local' },
          400,
        ),
      ])
      return { store, anna, root }
    }
    const ALL = [
      'do_not_call_added',
      'user_updated',
      'session_logout',
      'authn_login_fail',
      'authn_login_success',
    ]

    test.each([
      ['no condition', {}, ALL],
      ['an event', { event: 'authn_login_fail' }, ['authn_login_fail']],
      ['a user', { userId: '1' }, ['user_updated', 'session_logout', 'authn_login_success']],
      ['from a moment on', { from: 300 }, ALL.slice(0, 3)],
      ['before a moment', { to: 300 }, ALL.slice(3)],
      ['a name typed at a login, in capitals', { text: 'ИВАН' }, ['authn_login_fail']],
      ['wildcards as they are', { text: '%_\\' }, ['authn_login_fail']],
      [
        'the current name of a user',
        { text: 'ann' },
        ['user_updated', 'session_logout', 'authn_login_success'],
      ],
      ['the name of who did it', { text: 'root' }, ['user_updated']],
      ['an address', { text: '2001:DB8' }, ['session_logout']],
      ['a NUL', { text: '\0' }, []],
      ['two conditions', { userId: '1', to: 200 }, ['authn_login_success']],
    ])('are found by %s', async (_, filter, events) => {
      const { store } = await setUp()
      expect((await store.list(filter, { limit: 10 })).map(({ event }) => event)).toEqual(events)
      expect(await store.count(filter)).toBe(events.length)
    })

    test('are stored whole, and page newest first, each once', async () => {
      const { store, anna, root } = await setUp()
      const events: string[] = []
      for (let after: SecurityEventCursor | undefined; ; ) {
        const page = await store.list({}, { limit: 2, ...(after && { after }) })
        events.push(...page.map(({ event }) => event))
        after = page.at(-1)
        if (after === undefined) break
      }
      expect(events).toEqual(ALL)
      expect((await store.list({ event: 'user_updated' }, { limit: 1 }))[0]).toEqual({
        id: expect.stringMatching(/^\d+$/),
        ...{ at: 300, event: 'user_updated', userId: anna.id, actorId: root.id, sessionId: null },
        ...{ address: '192.0.2.9', detail: { target: 'anna', changes: 'role=admin' } },
      })
    })

    test('that are too old are purged', async () => {
      const { store } = await setUp()
      expect(await purgeSecurityEvents(store, 300)).toBe(2)
      expect((await store.list({}, { limit: 10 })).map(({ event }) => event)).toEqual(ALL.slice(0, 3))
    })
  })
})
