import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import {
  type HistoryKind,
  type HistoryPurgeStore,
  purgeHistory,
} from '../../../../../api/core/calls/purge-history.ts'
import { createAgentCallStore } from '../../../../../api/store/sql/call-center/agent-calls.ts'
import { createCallHistoryStore } from '../../../../../api/store/sql/calls/call-history.ts'
import { createPlacedCallStore } from '../../../../../api/store/sql/calls/placed-calls.ts'
import { createPurgeStore } from '../../../../../api/store/sql/calls/purge-history.ts'
import { newCall, newPlacedCall, startedAt } from '../../../../support/fixtures/call-records.ts'
import { onBothEngines } from '../engines.ts'

const BEFORE = startedAt + 100

describe('purging history', () => {
  onBothEngines((engine) => {
    const setUp = async () => {
      const db = await engine.tables()
      const [history, placedCalls, agentCalls] = [
        createCallHistoryStore(db),
        createPlacedCallStore(db),
        createAgentCallStore(db),
      ]
      await history.save([
        newCall({ id: 'old', recordings: ['a.wav'] }),
        newCall({ id: 'last', startedAt: BEFORE - 1, recordings: [] }),
        newCall({ id: 'first', startedAt: BEFORE }),
      ])
      await placedCalls.add(newPlacedCall({ id: 'old', outcome: 'answered' }))
      await placedCalls.add(newPlacedCall({ id: 'waiting', outcome: null }))
      await placedCalls.add(newPlacedCall({ id: 'new', createdAt: BEFORE, outcome: 'busy' }))
      const agents = { agentId: '3', leadId: null, campaignId: null, number: '+493012345' }
      for (const [callId, createdAt] of [
        ['old', startedAt],
        ['waiting', startedAt],
        ['new', BEFORE],
      ] as const) {
        await agentCalls.add({ callId, createdAt, ...agents })
      }
      await sql`update agent_calls set outcome = 'answered' where call_id <> 'waiting'`.execute(db.query)
      return { db, past: createPurgeStore(db), history, placedCalls, agentCalls }
    }

    test('removes calls before a time, except unfinished ones', async () => {
      const { db, past, history, placedCalls, agentCalls } = await setUp()
      const counts = { calls: 2, recorded: 1, placedCalls: 1, agentCalls: 1 }
      expect(await past.count(BEFORE)).toEqual(counts)
      expect(await history.find('old')).toBeDefined()
      expect(await purgeHistory(past, BEFORE)).toEqual(counts)
      const left = async (find: (id: string) => Promise<unknown>) => {
        const ids = ['old', 'last', 'first', 'waiting', 'new']
        const found = await Promise.all(ids.map(find))
        return ids.filter((_, at) => found[at] !== undefined)
      }
      expect(await left(history.find)).toEqual(['first'])
      expect(await left(placedCalls.find)).toEqual(['waiting', 'new'])
      expect(await left(agentCalls.find)).toEqual(['waiting', 'new'])
      const parties = await sql<{ call_id: string }>`select call_id from call_parties`.execute(db.query)
      expect(parties.rows).toEqual([{ call_id: 'first' }])
      expect(await past.count(BEFORE)).toEqual({ calls: 0, recorded: 0, placedCalls: 0, agentCalls: 0 })
    })

    test('removes the oldest placed calls first', async () => {
      const { past, placedCalls } = await setUp()
      for (const age of [1, 3, 2]) {
        await placedCalls.add(newPlacedCall({ id: `d${age}`, createdAt: startedAt - age, outcome: 'busy' }))
      }
      await past.remove('placedCalls', BEFORE, 2)
      const found = await Promise.all(['d3', 'd2', 'd1'].map(placedCalls.find))
      expect(found.map((one) => one?.id)).toEqual([undefined, undefined, 'd1'])
    })

    test('a table without old rows is not queried again', async () => {
      const { db, history } = await setUp()
      const asked: HistoryKind[] = []
      const store = createPurgeStore(db)
      const past: HistoryPurgeStore = {
        ...store,
        remove(kind, ...rest) {
          asked.push(kind)
          return store.remove(kind, ...rest)
        },
      }
      await history.save(Array.from({ length: 399 }, (_, at) => newCall({ id: `c${at}` })))
      expect(await purgeHistory(past, BEFORE)).toEqual({
        calls: 401,
        recorded: 400,
        placedCalls: 1,
        agentCalls: 1,
      })
      expect(asked).toEqual(['calls', 'calls', 'calls', 'placedCalls', 'agentCalls'])
    })

    if (engine.name === 'SQLite') {
      test('uses indexes instead of table scans', async () => {
        const { db } = await setUp()
        const statements: string[] = []
        const past = createPurgeStore({
          ...db,
          query: db.query.withPlugin({
            transformQuery({ node }) {
              const compiled = db.query.getExecutor().compileQuery(node, { queryId: 'spied' })
              statements.push(compiled.sql.replaceAll(/\$\d+|\?/g, '1'))
              return node
            },
            transformResult: async ({ result }) => result,
          }),
        })
        await purgeHistory(past, BEFORE)
        expect(statements).toHaveLength(3)
        for (const text of statements) {
          const { rows } = await sql<{ detail: string }>`explain query plan ${sql.raw(text)}`.execute(
            db.query,
          )
          const plan = rows.map(({ detail }) => detail).join('\n')
          expect(plan).toMatch(/SEARCH \w+ USING (COVERING )?INDEX (calls|placed_calls|agent_calls)_time/)
          expect(plan).not.toMatch(/SCAN|TEMP B-TREE/)
        }
      })
    }

    test('removes all of many calls in batches', async () => {
      const { past, history } = await setUp()
      await history.save(
        Array.from({ length: 450 }, (_, at) => newCall({ id: `c${at}`, startedAt: startedAt + (at % 90) })),
      )
      const sizes: number[] = []
      const removed = await purgeHistory(
        {
          ...past,
          async remove(kind, beforeS, most) {
            const batch = await past.remove(kind, beforeS, most)
            sizes.push(batch.removed)
            return batch
          },
        },
        BEFORE,
      )
      expect(removed.calls).toBe(452)
      expect(sizes.length).toBeGreaterThan(1)
      expect(Math.max(...sizes)).toBeLessThanOrEqual(200)
      expect(await history.find('first')).toBeDefined()
    })
  })
})
