import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { type Scope, UNRESTRICTED_SCOPE } from '../../../../../api/core/call-center/agents/scope.ts'
import { createCallStatsStore } from '../../../../../api/store/sql/call-center/call-stats.ts'
import { newCall, startedAt } from '../../../../support/fixtures/call-records.ts'
import { onBothEngines } from '../engines.ts'
import { createFixture } from './fixtures/call-stats.ts'

const DAY = { from: startedAt, until: startedAt + 86_400 }
describe('the call stats store', () => {
  onBothEngines((engine) => {
    const setUp = async () => createFixture(await engine.tables())
    const own = ({ id }: { id: string }): Scope => ({ sees: 'own', agentId: id })
    const sales = ({ id }: { id: string }): Scope => ({ sees: 'team', team: 'sales', agentId: id })
    const sumOfCalls = (counts: readonly { calls: number }[]) =>
      counts.reduce((all, { calls }) => all + calls, 0)

    test('counts a lead’s call that only the dialplan answered by the agent call’s outcome', async () => {
      const { store, history, agentCallStore, party, anna } = await setUp()
      const about = { agentId: anna.id, campaignId: '1', number: '+4930', createdAt: startedAt }
      for (const [callId, leadId] of [
        ['hk_1', '9'],
        ['hk_2', null],
      ] as const) {
        await agentCallStore.add({ ...about, callId, leadId })
        await agentCallStore.finish(callId, 'failed')
        await history.save([newCall({ id: callId, outcome: 'answered', parties: [party(anna)] })])
      }
      const counts = await store.countByCampaign(own(anna), DAY)
      expect(counts.map(({ outcome, calls, answered }) => ({ outcome, calls, answered }))).toEqual([
        { outcome: 'answered', calls: 1, answered: 1 },
        { outcome: 'failed', calls: 1, answered: 0 },
      ])
    })

    test('counts a call once for each agent in it, and once for their team', async () => {
      const { store, history, party, anna, bert, carl } = await setUp()
      await history.save([newCall({ parties: [party(anna), party(bert)] })])
      for (const scope of [own(anna), own(bert), sales(anna), UNRESTRICTED_SCOPE]) {
        expect(await store.countByCampaign(scope, DAY)).toEqual([
          { campaignId: null, outcome: 'answered', calls: 1, answered: 1, talked: 60 },
        ])
      }
      expect(await store.countByCampaign(own(carl), DAY)).toEqual([])
    })

    test('counts a requested call once, whether the history has it or not', async () => {
      const { store, history, request, party, anna, placedCalls, agentCallStore } = await setUp()
      await request('hk_1', anna, '9')
      await request('hk_2', anna, '9')
      await request('hk_3', anna, '9')
      await request('hk_4', anna)
      await history.save([newCall({ id: 'hk_1', parties: [party(anna)] })])
      await placedCalls.finish('hk_2', 'own_unavailable')
      await agentCallStore.finish('hk_3', 'busy')
      expect(await store.countByCampaign(own(anna), DAY)).toEqual(
        expect.arrayContaining([
          { campaignId: '9', outcome: 'answered', calls: 1, answered: 1, talked: 60 },
          { campaignId: '9', outcome: 'own_unavailable', calls: 1, answered: 0, talked: 0 },
          { campaignId: '9', outcome: 'busy', calls: 1, answered: 0, talked: 0 },
          { campaignId: null, outcome: null, calls: 1, answered: 0, talked: 0 },
        ]),
      )
      expect(sumOfCalls(await store.countByCampaign(own(anna), DAY))).toBe(4)
    })

    test('counts a call on one day: by its start in the history, or else by its request', async () => {
      const { store, history, request, party, anna } = await setUp()
      await request('hk_1', anna, null, startedAt - 1)
      await history.save([newCall({ id: 'hk_1', parties: [party(anna)] })])
      await request('hk_2', anna, null, startedAt - 1)
      const before = { from: startedAt - 86_400, until: startedAt }
      expect(sumOfCalls(await store.countByCampaign(own(anna), DAY))).toBe(1)
      expect(sumOfCalls(await store.countByCampaign(own(anna), before))).toBe(1)
      expect(await store.countForAgent(anna, before)).toMatchObject({ calls: 1, answered: 0 })
    })

    test('includes the first second of a range, and excludes its end', async () => {
      const { store, history, party, anna } = await setUp()
      await history.save([
        newCall({ id: '1', startedAt: DAY.from, parties: [party(anna)] }),
        newCall({ id: '2', startedAt: DAY.until, parties: [party(anna)] }),
      ])
      expect(sumOfCalls(await store.countByCampaign(UNRESTRICTED_SCOPE, DAY))).toBe(1)
    })

    test('counts calls to an agent as answered or missed, and their own unanswered calls as neither', async () => {
      const { store, history, request, party, anna, bert, carl } = await setUp()
      const parties = [party(anna)]
      const unanswered = { answeredAt: null, billable: 0 }
      await request('hk_1', anna)
      await history.save([
        newCall({ id: '1', parties }),
        newCall({ id: '2', parties, outcome: 'no_answer', ...unanswered }),
        newCall({ id: '3', parties, outcome: 'cancelled', ...unanswered }),
        newCall({ id: '4', parties, outcome: 'unknown', ...unanswered }),
        newCall({
          id: '5',
          parties,
          outcome: 'busy',
          direction: 'outgoing',
          fromNumber: '1001',
          ...unanswered,
        }),
        newCall({
          id: '6',
          parties: [party(anna), party(bert)],
          outcome: 'no_answer',
          direction: 'internal',
          fromNumber: '1001',
          ...unanswered,
        }),
        newCall({
          id: 'hk_1',
          parties,
          outcome: 'busy',
          direction: 'internal',
          fromNumber: '1001',
          ...unanswered,
        }),
      ])
      expect(await store.countForAgent(anna, DAY)).toEqual({ calls: 7, answered: 1, missed: 2, talked: 60 })
      expect(await store.countForAgent(bert, DAY)).toEqual({ calls: 1, answered: 0, missed: 1, talked: 0 })
      expect(await store.countForAgent(carl, DAY)).toEqual({ calls: 0, answered: 0, missed: 0, talked: 0 })
    })

    test('counts a call to several phones as answered for the one that answered, and as missed for none', async () => {
      const { store, history, party, anna, bert, carl } = await setUp()
      await history.save([newCall({ parties: [party(anna, false), party(bert), party(carl, false)] })])
      expect(await store.countForAgent(anna, DAY)).toEqual({ calls: 1, answered: 0, missed: 0, talked: 0 })
      expect(await store.countForAgent(bert, DAY)).toEqual({ calls: 1, answered: 1, missed: 0, talked: 60 })
      const call = { campaignId: null, outcome: 'answered', calls: 1 }
      for (const scope of [own(bert), sales(anna), UNRESTRICTED_SCOPE]) {
        expect(await store.countByCampaign(scope, DAY)).toEqual([{ ...call, answered: 1, talked: 60 }])
      }
      for (const scope of [own(anna), own(carl)]) {
        expect(await store.countByCampaign(scope, DAY)).toEqual([{ ...call, answered: 0, talked: 0 }])
      }
    })

    test('has the same sums as the history', async () => {
      const { store, history, party, anna, bert } = await setUp()
      const outcomes = ['answered', 'busy', 'no_answer', 'own_busy', 'unknown'] as const
      await history.save(
        Array.from({ length: 40 }, (_, n) =>
          newCall({
            id: `1.${n}`,
            startedAt: startedAt + n * 3_600,
            outcome: outcomes[n % outcomes.length] ?? 'failed',
            parties: [party(anna), ...(n % 3 === 0 ? [party(bert)] : [])],
          }),
        ),
      )
      for (const agent of [anna, bert]) {
        const userId = agent.userId ?? ''
        const all = await history.count({ userId, ...DAY })
        const answered = await history.count({ userId, outcome: 'answered', ...DAY })
        expect(await store.countForAgent(agent, DAY)).toMatchObject({
          calls: all,
          answered,
          talked: answered * 60,
        })
      }
      expect(sumOfCalls(await store.countByCampaign(UNRESTRICTED_SCOPE, DAY))).toBe(await history.count(DAY))
    })

    test('lists agents with an enabled user, with status and extension', async () => {
      const { store, agents, users, anna, bert, carl } = await setUp()
      await agents.add({ userId: null, name: 'voice', kind: 'ai', team: 'sales' }, 0, 0)
      await agents.setStatus(bert.id, 'ready', 5)
      expect(await store.listPresences(sales(anna))).toEqual(
        expect.arrayContaining([
          { status: 'offline', extension: '1001' },
          { status: 'ready', extension: '1002' },
        ]),
      )
      expect(await store.listPresences(own(carl))).toEqual([{ status: 'offline', extension: '1003' }])
      expect(await store.listPresences(UNRESTRICTED_SCOPE)).toHaveLength(3)
      await users.update(carl.userId ?? '', { disabled: true }, 0)
      expect(await store.listPresences(UNRESTRICTED_SCOPE)).toHaveLength(2)
    })

    if (engine.name === 'SQLite') {
      test('reads indexes on time, and scans no table of calls', async () => {
        const { db, store, anna } = await setUp()
        const statements: string[] = []
        const spy = createCallStatsStore({
          ...db,
          query: db.query.withPlugin({
            transformQuery: ({ node }) => {
              const compiled = db.query.getExecutor().compileQuery(node, { queryId: 'spied' })
              statements.push(compiled.sql.replaceAll(/\$\d+|\?/g, '1'))
              return node
            },
            transformResult: async ({ result }) => result,
          }),
        })
        await spy.countByCampaign(sales(anna), DAY)
        await spy.countForAgent(anna, DAY)
        expect(statements).toHaveLength(2)
        for (const text of statements) {
          const { rows } = await sql<{ detail: string }>`explain query plan ${sql.raw(text)}`.execute(
            db.query,
          )
          const plan = rows.map(({ detail }) => detail).join('\n')
          expect(plan).toContain('agent_calls_agent')
          expect(plan).toContain('call_parties_user')
          expect(plan).not.toMatch(/SCAN (calls|agent_calls|call_parties|placed_calls)\b/)
        }
        expect(await store.countByCampaign(UNRESTRICTED_SCOPE, DAY)).toEqual([])
      })
    }
  })
})
