import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { UNRESTRICTED_SCOPE } from '../../../../../api/core/call-center/agents/scope.ts'
import { NO_THRESHOLDS } from '../../../../../api/core/call-center/board/thresholds.ts'
import { createBoardStore, createThresholdStore } from '../../../../../api/store/sql/call-center/board.ts'
import { createWallboardStore } from '../../../../../api/store/sql/call-center/wallboards.ts'
import { onBothEngines } from '../engines.ts'
import { createFixture } from './fixtures/call-stats.ts'

describe('the board', () => {
  onBothEngines((engine) => {
    const setUp = async () => createFixture(await engine.tables())

    test('lists agents with an enabled user, with status and extension', async () => {
      const { db, agents, users, anna, bert, carl } = await setUp()
      const store = createBoardStore(db)
      await agents.setStatus(bert.id, 'break', 5)
      expect(await store.listAgents({ sees: 'team', team: 'sales', agentId: '0' })).toEqual([
        expect.objectContaining({ id: anna.id, name: 'anna', status: 'offline', extension: '1001' }),
        expect.objectContaining({ name: 'bert', status: 'break', statusAt: 5, team: 'sales' }),
      ])
      await users.update(carl.userId ?? '', { disabled: true }, 0)
      expect(await store.listAgents(UNRESTRICTED_SCOPE)).toHaveLength(2)
    })

    test('counts the leads of campaigns that wait, and finds the oldest one', async () => {
      const { db } = await setUp()
      const campaign = {
        description: null,
        team: null,
        status: 'active',
        dialer_mode: 'progressive',
      } as const
      const rest = { rules_json: '{}', automation: 1, automation_note: null, stopped: 0, version: 1 }
      const times = { created_at: 0, updated_at: 0 }
      const ids = []
      for (const name of ['Tea', 'Coffee', 'Milk']) {
        const row = await db.query
          .insertInto('campaigns')
          .values({ name, ...campaign, ...rest, ...times })
          .returning('id')
          .executeTakeFirstOrThrow()
        ids.push(row.id)
      }
      const lead = (campaign_id: number | undefined, next_try_at: number, created_at: number, more = {}) => ({
        ...{
          first_name: 'A',
          last_name: 'B',
          phone: '1',
          number: '1',
          email: null,
          company: null,
          title: null,
        },
        ...{ status: 'new', notes: null, time_zone: null, team: null, agent_id: null, attempts: 0 },
        ...{ last_call_at: null, last_outcome: null, last_agent_id: null, dial_state: 'waiting' },
        ...{ dialling_call_id: null, dialling_agent_id: null, dialling_since: null, dialling_from: null },
        ...{ version: 1, updated_at: 0, campaign_id: campaign_id ?? null, next_try_at, created_at },
        ...more,
      })
      const rows = [
        ...[lead(ids[0], 0, 70), lead(ids[0], 0, 60), lead(ids[0], 50, 10), lead(ids[0], 101, 5)],
        ...[lead(ids[0], 0, 1, { dial_state: 'done' }), lead(ids[1], 101, 5)],
        lead(ids[2], 0, 5),
      ]
      await db.query
        .insertInto('leads')
        .values(rows as never[])
        .execute() // the columns of the table
      const queues = await createBoardStore(db).leadQueues(ids.map(String), 100)
      expect(ids.map((id) => queues.get(String(id)))).toEqual([
        { waiting: 4, due: 3, dueSince: 50 },
        { waiting: 1, due: 0, dueSince: null },
        // When it joined the campaign is not known.
        { waiting: 1, due: 1, dueSince: null },
      ])
    })

    if (engine.name === 'SQLite') {
      test('counts leads by indexes of waiting leads alone', async () => {
        const { db } = await setUp()
        const statements: string[] = []
        const spy = createBoardStore({
          ...db,
          query: db.query.withPlugin({
            transformQuery: ({ node }) => {
              const { sql: text } = db.query.getExecutor().compileQuery(node, { queryId: 'spied' })
              statements.push(text.replaceAll(/\$\d+|\?/g, '1'))
              return node
            },
            transformResult: async ({ result }) => result,
          }),
        })
        await spy.leadQueues(['1', '2'], 100)
        expect(statements).toHaveLength(1)
        const { rows } = await sql<{
          detail: string
        }>`explain query plan ${sql.raw(statements[0] ?? '')}`.execute(db.query)
        const plan = rows.map(({ detail }) => detail).join('\n')
        expect(plan).toMatch(/SEARCH leads USING COVERING INDEX leads_queue/)
        expect(plan).not.toMatch(/SCAN leads/)
      })
    }

    test('has thresholds for each team, and refuses those of an older version', async () => {
      const { db } = await setUp()
      const store = createThresholdStore(db)
      const thresholds = { ...NO_THRESHOLDS, agents_ready: { warning: 3, critical: 1 } }
      expect(await store.find('sales')).toBeUndefined()
      expect(await store.save('sales', thresholds, undefined, 1)).toEqual({ thresholds, version: 1 })
      expect(await store.save('sales', thresholds, 1, 2)).toMatchObject({ version: 2 })
      expect(await store.save('sales', NO_THRESHOLDS, undefined, 2)).toMatchObject({ version: 3 })
      await expect(store.save('sales', thresholds, 1, 3)).rejects.toMatchObject({ code: 'stale' })
      await expect(store.save('support', thresholds, 1, 3)).rejects.toMatchObject({ code: 'stale' })
      expect(await store.find('sales')).toEqual({ thresholds: NO_THRESHOLDS, version: 3 })
      expect(await store.find(null)).toBeUndefined()
    })

    test('has links that are found by the hash of their token, until they expire or are removed', async () => {
      const { db, users } = await setUp()
      const store = createWallboardStore(db)
      const root = await users.add({
        username: 'root',
        role: 'admin',
        passwordHash: 'x',
        extension: null,
        email: null,
      })
      const about = { hidesNames: true, createdBy: root.id, createdAt: 1, expiresAt: 100 }
      const hall = await store.add({ name: 'Hall', team: null, tokenHash: 'h1', ...about }, 2)
      const door = await store.add({ name: 'Door', team: 'sales', tokenHash: 'h2', ...about }, 2)
      expect(hall).toMatchObject({ name: 'Hall', team: null, ...about })
      expect(await store.findLive('h1', 99)).toEqual({ wallboard: hall, tokenHash: 'h1' })
      expect(await store.findLive('h1', 100)).toBeUndefined()
      expect(await store.findLive('h9', 99)).toBeUndefined()
      expect((await store.list(undefined, { limit: 1 })).map(({ name }) => name)).toEqual(['Hall'])
      expect(await store.list('sales', { limit: 9 })).toEqual([door])
      expect(await store.list(undefined, { limit: 9, afterId: hall?.id })).toEqual([door])
      expect([await store.count(undefined), await store.count('sales')]).toEqual([2, 1])
      expect(await store.remove(hall?.id ?? '', 'sales')).toBeUndefined()
      expect(await store.remove(hall?.id ?? '', undefined)).toEqual(hall)
      expect(await store.findLive('h1', 99)).toBeUndefined()
    })

    test('has so many live links for a maker and for a team, and removes those that have expired', async () => {
      const { db, users } = await setUp()
      const store = createWallboardStore(db)
      const [root, boss] = await Promise.all(
        ['root', 'boss'].map((username) =>
          users.add({ username, role: 'admin', passwordHash: 'x', extension: null, email: null }),
        ),
      )
      let made = 0
      const add = (by: typeof root, team: string | null, createdAt: number, expiresAt: number | null) => {
        made += 1
        const tokenHash = `h${made}`
        const createdBy = by?.id ?? ''
        const link = { name: tokenHash, team, hidesNames: true, createdBy, createdAt, expiresAt, tokenHash }
        return store.add(link, 2)
      }
      expect(await add(root, 'sales', 1, 100)).toBeDefined()
      expect(await add(boss, 'sales', 1, null)).toBeDefined()
      expect(await add(boss, 'sales', 99, null)).toBeUndefined()
      expect(await add(boss, null, 99, null)).toBeDefined()
      expect(await add(boss, 'support', 99, null)).toBeUndefined()
      expect(await add(root, 'support', 99, null)).toBeDefined()
      expect(await add(root, 'sales', 100, null)).toBeDefined()
      expect((await store.list(undefined, { limit: 9 })).map(({ name }) => name)).not.toContain('h1')
      expect(await store.count('sales')).toBe(2)
    })

    test('has links that work only as long as their maker may see the same board', async () => {
      const { db, users, agents } = await setUp()
      const store = createWallboardStore(db)
      const sven = await users.add({
        username: 'sven',
        role: 'supervisor',
        passwordHash: 'x',
        extension: null,
        email: null,
      })
      const ofSven = await agents.add(
        { userId: sven.id, name: 'sven', kind: 'human', team: 'sales' },
        ...([0, 0] as const),
      )
      const about = { hidesNames: false, createdBy: sven.id, createdAt: 1, expiresAt: null }
      await store.add({ name: 'Hall', team: 'sales', tokenHash: 'own', ...about }, 9)
      await store.add({ name: 'All', team: null, tokenHash: 'all', ...about }, 9)
      const works = async (hash: string) => (await store.findLive(hash, 9)) !== undefined
      expect([await works('own'), await works('all')]).toEqual([true, false])
      await agents.update(ofSven.id, { team: 'support' }, undefined, 1, 1)
      expect(await works('own')).toBe(false)
      await agents.update(ofSven.id, { team: 'sales' }, undefined, 1, 1)
      expect(await works('own')).toBe(true)
      await users.update(sven.id, { disabled: true }, 0)
      expect(await works('own')).toBe(false)
    })
  })
})
