import { describe, expect, test } from 'vitest'
import { type Scope, UNRESTRICTED_SCOPE } from '../../../../../api/core/call-center/agents/scope.ts'
import { createFigures, type FiguresQuery } from '../../../../../api/core/call-center/stats/figures.ts'
import { createFigureStore } from '../../../../../api/store/sql/call-center/figures.ts'
import { newCall } from '../../../../support/fixtures/call-records.ts'
import { onBothEngines } from '../engines.ts'
import { createFixture } from './fixtures/call-stats.ts'

const at = (time: string) => Date.parse(time) / 1000
const BERLIN = 'Europe/Berlin'

describe('figures', () => {
  onBothEngines((engine) => {
    const setUp = async () => {
      const fixture = await createFixture(await engine.tables())
      const figures = createFigures({ store: createFigureStore(fixture.db) })
      const read = (query: Partial<FiguresQuery> = {}, scope: Scope = UNRESTRICTED_SCOPE) =>
        figures.read(scope, {
          ...{ by: 'day', firstDay: '2026-10-24', lastDay: '2026-10-26', timeZone: BERLIN, group: 'agent' },
          ...query,
        })
      return { ...fixture, figures, read }
    }

    test('count a call in the local day and hour of its start, over a change of clocks', async () => {
      const { history, party, anna, read } = await setUp()
      const times = [
        ...['2026-10-24T21:59:59Z', '2026-10-24T22:00:00Z', '2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z'],
        ...['2026-10-25T22:59:59Z', '2026-10-25T23:00:00Z', '2026-10-26T23:00:00Z'],
      ]
      await history.save(
        times.map((time, n) => newCall({ id: String(n), startedAt: at(time), parties: [party(anna)] })),
      )
      expect((await read()).series.map(({ calls }) => calls)).toEqual([1, 4, 1])
      const { series } = await read({ by: 'hour', firstDay: '2026-10-25', lastDay: '2026-10-25' })
      const twice = series
        .filter(({ calls }) => calls > 0)
        .map(({ from }) => new Date(from * 1000).toISOString())
      // 02:00 comes twice.
      expect(twice).toEqual(
        ['2026-10-24T22:00', '2026-10-25T00:00', '2026-10-25T01:00', '2026-10-25T22:00'].map(
          (hour) => `${hour}:00.000Z`,
        ),
      )
    })

    test('count a call for each agent in it, and once in the sums; each sees their own scope', async () => {
      const { history, party, anna, bert, carl, read } = await setUp()
      const startedAt = at('2026-10-24T10:00:00Z')
      const missed = { outcome: 'no_answer', answeredAt: null, billable: 0 } as const
      await history.save([
        newCall({ id: '1', startedAt, parties: [party(anna, false), party(bert)] }),
        newCall({ id: '2', startedAt, parties: [party(anna)], ...missed }),
        newCall({ id: '3', startedAt, parties: [party(carl)] }),
      ])
      const all = await read()
      expect(all.totals).toMatchObject({ calls: 3, answered: 2, unanswered: 1, talked: 120 })
      expect(all.groups).toMatchObject([
        { name: 'anna', calls: 2, answered: 0, unanswered: 1, talked: 0 },
        { name: 'bert', calls: 1, answered: 1, unanswered: 0, talked: 60 },
        { name: 'carl', calls: 1, answered: 1, unanswered: 0, talked: 60 },
      ])
      const sales = await read({}, { sees: 'team', team: 'sales', agentId: '0' })
      expect(sales.totals).toMatchObject({ calls: 2, answered: 1 })
      expect(sales.groups.map(({ name }) => name)).toEqual(['anna', 'bert'])
      expect(await read({ id: bert.id })).toMatchObject({ totals: { calls: 1 }, groups: [{ name: 'bert' }] })
      // Another team's agent.
      const other = await read({ id: carl.id }, { sees: 'team', team: 'sales', agentId: '0' })
      expect(other).toMatchObject({ totals: { calls: 0 }, groups: [] })
    })

    test('have the sums of the statistics that exist already', async () => {
      const { history, party, anna, bert, read, store, request } = await setUp()
      const outcomes = ['answered', 'busy', 'no_answer', 'own_busy', 'unknown'] as const
      await request('hk_1', anna, null, at('2026-10-25T10:00:00Z'))
      await history.save(
        Array.from({ length: 60 }, (_, n) =>
          newCall({
            id: `1.${n}`,
            startedAt: at('2026-10-24T00:00:00Z') + n * 3_600,
            outcome: outcomes[n % outcomes.length] ?? 'failed',
            parties: [party(anna), ...(n % 3 === 0 ? [party(bert)] : [])],
          }),
        ),
      )
      const { range, groups, totals, series } = await read()
      for (const agent of [anna, bert]) {
        const { calls, answered, talked } = await store.countForAgent(agent, range)
        expect(groups.find(({ id }) => id === agent.id)).toMatchObject({ calls, answered, talked })
      }
      expect(series.reduce((all, { calls }) => all + calls, 0)).toBe(totals.calls)
    })

    test('by campaign have the calls of each, and those without one', async () => {
      const { history, party, anna, request, read, figures } = await setUp()
      const startedAt = at('2026-10-24T10:00:00Z')
      await request('hk_1', anna, '9', startedAt)
      await history.save([
        newCall({ id: 'hk_1', startedAt, parties: [party(anna)] }),
        newCall({ id: '2', startedAt, parties: [party(anna)] }),
      ])
      const { groups, totals } = await read({ group: 'campaign' })
      expect(groups.map(({ id, calls }) => [id, calls])).toEqual(
        expect.arrayContaining([
          ['9', 1],
          [null, 1],
        ]),
      )
      expect(totals.calls).toBe(2)
      const cells = await figures.cells(UNRESTRICTED_SCOPE, {
        ...{ by: 'hour', firstDay: '2026-10-24', lastDay: '2026-10-24', timeZone: BERLIN, group: 'campaign' },
      })
      expect(cells.map(({ from, calls }) => [from, calls])).toEqual([
        [startedAt, 1],
        [startedAt, 1],
      ])
    })
  })
})
