import { describe, expect, test } from 'vitest'
import type { Board } from '../../../../api/core/call-center/board/board.ts'
import type { FigureCell } from '../../../../api/core/call-center/stats/figures.ts'
import { toBoardJson } from '../../../../api/http/v1/board-wire.ts'
import { FiguresQueryParams, toFiguresCsv, toFiguresQuery } from '../../../../api/http/v1/figures-wire.ts'
import { toWallboardJson, WallboardJson } from '../../../../api/http/v1/wallboard-wire.ts'

const AT = Date.parse('2026-03-29T00:30:00Z') / 1000
const sum = { calls: 3, answered: 2, unanswered: 1, talked: 61, answerRate: 2 / 3, averageTalk: 31 }
const BOARD: Board = {
  at: AT,
  online: true,
  agents: [{ id: '501', name: 'Anna', team: 'sales', state: 'in_call', since: AT, until: null }],
  calls: [
    {
      ...{ id: 'hk_secret', agentIds: ['501'], direction: 'incoming', state: 'talking' },
      ...{ startedAt: AT, answeredAt: AT, from: { number: '+4930555', name: 'Carla' } },
      to: { number: '1001', name: 'Anna' },
    },
  ],
  campaigns: [
    {
      ...{ id: '601', name: 'Tea', status: 'active', automation: true, waiting: 4, due: 3, dueSince: AT },
      today: sum,
    },
  ],
  today: { since: AT, ...sum },
  measures: [{ name: 'agents_ready', value: 0, warning: 2, critical: 1, level: 'critical' }],
}
const LINK = {
  ...{ id: '701', name: 'Hall', team: 'sales', hidesNames: false, createdBy: '801', createdAt: AT },
  expiresAt: null,
}

describe('what a wallboard shows', () => {
  test('has the names of agents, and neither numbers, other names nor ids', () => {
    const shown = toWallboardJson(LINK, BOARD)
    expect(WallboardJson.parse(shown)).toEqual(shown)
    expect(shown).toMatchObject({
      agents: [{ name: 'Anna', state: 'in_call' }],
      calls: { talking: 1 },
      campaigns: [{ name: 'Tea', status: 'active' }],
    })
    for (const secret of ['+4930555', 'Carla', '1001', 'hk_secret', '501', '601', '701', '801']) {
      expect(JSON.stringify(shown)).not.toContain(secret)
    }
  })

  test('has no name where the link hides names', () => {
    const shown = toWallboardJson({ ...LINK, hidesNames: true }, BOARD)
    expect(shown.agents).toMatchObject([{ name: null, state: 'in_call' }])
    expect(JSON.stringify(shown)).not.toContain('Anna')
  })
})

test('the board of a supervisor has calls and leads', () => {
  expect(toBoardJson(BOARD, 'sales')).toMatchObject({
    ...{ at: '2026-03-29T00:30:00.000Z', team: 'sales' },
    calls: [{ agent_ids: ['501'], from: { number: '+4930555' }, answered_at: '2026-03-29T00:30:00.000Z' }],
    campaigns: [{ waiting_leads: 4, due_leads: 3, today: { calls: 3, talk_seconds: 61 } }],
  })
})

describe('the query of figures', () => {
  const query = (params: object) => toFiguresQuery(FiguresQueryParams.parse(params), 'Europe/Berlin', AT)
  test('is today of the time zone by default', () => {
    expect(query({})).toMatchObject({ firstDay: '2026-03-29', lastDay: '2026-03-29', by: 'day' })
    const inNewYork = query({ time_zone: 'America/New_York' })
    expect(inNewYork).toMatchObject({ firstDay: '2026-03-28', timeZone: 'America/New_York' })
  })
  test('of an earlier last day alone is that day', () => {
    expect(query({ to: '2026-03-02' })).toMatchObject({ firstDay: '2026-03-02', lastDay: '2026-03-02' })
  })
  test.each([
    { from: '2026-02-30' },
    { from: '0999-12-31' },
    { to: '3000-01-01' },
    { by: 'week' },
    { time_zone: 'EST' },
    { id: 'x' },
    { group: 'team' },
  ])('refuses %j', (params) => expect(FiguresQueryParams.safeParse(params).success).toBe(false))
})

test('the table has local days and times, and no cell that a spreadsheet runs', () => {
  const cell: FigureCell = { ...sum, id: '5', name: '=HYPERLINK("x")', from: AT + 3_600, until: AT + 7_200 }
  const query = toFiguresQuery(FiguresQueryParams.parse({ by: 'hour' }), 'Europe/Berlin', AT)
  const bare = { ...cell, name: null, id: null, answerRate: null, averageTalk: null }
  expect(toFiguresCsv([cell, bare], query, ';').split('\r\n')).toEqual([
    '\uFEFFfrom;day;time;agent_id;agent;calls;answered;unanswered;talk_seconds;average_talk_seconds;answer_percent',
    `2026-03-29T01:30:00.000Z;2026-03-29;03:30;5;"'=HYPERLINK(""x"")";3;2;1;61;31;67`,
    '2026-03-29T01:30:00.000Z;2026-03-29;03:30;;;3;2;1;61;;',
    '',
  ])
})
