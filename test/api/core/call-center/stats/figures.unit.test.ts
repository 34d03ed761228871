import { describe, expect, test } from 'vitest'
import { UNRESTRICTED_SCOPE } from '../../../../../api/core/call-center/agents/scope.ts'
import type { FigureRow, FigureStore } from '../../../../../api/core/call-center/stats/figure-store.ts'
import { createFigures, type FiguresQuery } from '../../../../../api/core/call-center/stats/figures.ts'

const QUERY: FiguresQuery = {
  ...{
    by: 'day',
    firstDay: '2026-03-28',
    lastDay: '2026-03-30',
    timeZone: 'Europe/Berlin',
    group: 'campaign',
  },
}
const row = (at: string, span: number, more: Partial<FigureRow> = {}): FigureRow => ({
  ...{ span, slot: Date.parse(`${at}Z`) / 86_400_000, groupId: '7' },
  ...{ calls: 4, answered: 2, unanswered: 1, talked: 61 },
  ...more,
})

const figuresOf = (rows: readonly FigureRow[]) => {
  const asked: Parameters<FigureStore['count']>[1][] = []
  const figures = createFigures({
    store: {
      async count(_scope, search) {
        asked.push(search)
        return search.group === 'none' ? rows.map((one) => ({ ...one, groupId: null, calls: 1 })) : [...rows]
      },
      listNames: async () =>
        new Map([
          ['7', 'Tea'],
          ['8', 'Coffee'],
        ]),
    },
  })
  return { figures, asked }
}

test('sums are of all bins, and each bin is there, also on the day of 23 hours', async () => {
  const rows = [row('2026-03-28', 0), row('2026-03-29', 0), row('2026-03-29', 1), row('2026-03-30', 1)]
  const { figures } = figuresOf(rows)
  const { totals, series, groups } = await figures.read(UNRESTRICTED_SCOPE, QUERY)
  expect(totals).toEqual({
    ...{ calls: 16, answered: 8, unanswered: 4, talked: 244, answerRate: 8 / 12, averageTalk: 31 },
  })
  expect(series.map(({ from, until, calls }) => [(until - from) / 3_600, calls])).toEqual([
    [24, 4],
    [23, 8],
    [24, 4],
  ])
  expect(groups).toEqual([{ id: '7', name: 'Tea', ...totals }])
})

test('a call of several agents counts once in the sums', async () => {
  const { figures, asked } = figuresOf([row('2026-03-28', 0), row('2026-03-28', 0, { groupId: '8' })])
  const { totals, groups } = await figures.read(UNRESTRICTED_SCOPE, { ...QUERY, group: 'agent' })
  expect(asked.map(({ group }) => group)).toEqual(['agent', 'none'])
  expect(totals.calls).toBe(2)
  expect(groups.map(({ name, calls }) => [name, calls])).toEqual([
    ['Coffee', 4],
    ['Tea', 4],
  ])
})

test('one agent has their own sums, also without a call', async () => {
  const { figures, asked } = figuresOf([])
  const one = { ...QUERY, group: 'agent', id: '8' } as const
  expect(await figures.read(UNRESTRICTED_SCOPE, one)).toMatchObject({
    totals: { calls: 0, answerRate: null, averageTalk: null },
    groups: [{ id: '8', name: 'Coffee', calls: 0 }],
  })
  expect(asked).toMatchObject([{ group: 'agent', id: '8' }])
})

test('cells are the groups with calls, in order of time', async () => {
  const { figures } = figuresOf([row('2026-03-29', 1), row('2026-03-28', 0, { groupId: null })])
  const cells = await figures.cells(UNRESTRICTED_SCOPE, QUERY)
  expect(cells.map(({ id, name, from }) => [id, name, new Date(from * 1000).toISOString()])).toEqual([
    [null, null, '2026-03-27T23:00:00.000Z'],
    ['7', 'Tea', '2026-03-28T23:00:00.000Z'],
  ])
})

describe('a range', () => {
  test.each([
    ['that ends before it begins', { firstDay: '2026-03-31' }],
    ['of more than 93 days', { firstDay: '2025-12-01' }],
    ['of more than 31 days by hour', { firstDay: '2026-02-01', by: 'hour' as const }],
  ])('%s is refused', async (_, change) => {
    const { figures, asked } = figuresOf([])
    await expect(figures.read(UNRESTRICTED_SCOPE, { ...QUERY, ...change })).rejects.toMatchObject({
      code: 'input_invalid',
    })
    expect(asked).toEqual([])
  })
})

test('cells place each row once, however many bins there are', async () => {
  let placed = 0
  const rows = Array.from({ length: 500 }, (_, n) => ({
    ...row('2026-03-28', 0),
    groupId: String(n % 20),
    get span() {
      placed += 1
      return 0
    },
  }))
  const { figures } = figuresOf(rows)
  await figures.cells(UNRESTRICTED_SCOPE, { ...QUERY, by: 'hour', lastDay: '2026-04-20' }).catch(() => {})
  expect(placed).toBe(500)
})
