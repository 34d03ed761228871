import { describe, expect, test } from 'vitest'
import { byState } from '../../../console/components/board/agent-states.ts'
import { toFiguresRange } from '../../../console/screens/board/figures/periods.ts'
import { pointFormats } from '../../../console/screens/board/figures/point-formats.ts'
import { readThresholds } from '../../../console/screens/board/now/read-thresholds.ts'
import { readBoardSearch } from '../../../console/screens/board/search.ts'

describe('the address of the board', () => {
  test('names tab, team, period, group and one of it', () => {
    const search = { tab: 'figures', team: 'sales', period: 'week', group: 'campaign', id: '7' }
    expect(readBoardSearch(search)).toEqual(search)
  })
  test('leaves out what is not valid', () => {
    expect(
      readBoardSearch({ tab: 'x', team: ' ', period: 'year', group: 1, id: '7 or 1', other: 'y' }),
    ).toEqual({})
  })
})

test.each([
  ['day', '2026-03-01', 'hour'],
  ['week', '2026-02-23', 'day'],
  ['month', '2026-01-31', 'day'],
] as const)('a %s begins on %s', (period, from, by) => {
  const range = toFiguresRange(period, new Date(2026, 2, 1, 23, 59))
  expect(range).toEqual({ from, to: '2026-03-01', by })
})

test('thresholds are those of the form; an empty field is none, and 0 is one', () => {
  const form = new FormData()
  form.set('agents_ready.warning', '3')
  form.set('agents_ready.critical', '0')
  form.set('longest_break.warning', ' ')
  const none = { warning: null, critical: null }
  const known = { agents_ready: none, longest_break: none } as Parameters<typeof readThresholds>[1] // two are enough
  expect(readThresholds(form, known)).toEqual({
    agents_ready: { warning: 3, critical: 0 },
    longest_break: none,
  })
})

test('agents are grouped by state, those in a call first, each group in the order of the list', () => {
  const agents = (['offline', 'ready', 'in_call', 'ready'] as const).map((state, id) => ({ id, state }))
  expect(byState(agents).flatMap((group) => group.agents.map(({ id }) => id))).toEqual([2, 1, 3, 0])
})

test.each([
  ['Asia/Tokyo', '09:00', '2 Mar'],
  ['America/New_York', '19:00', '1 Mar'],
])('figures of %s have its hours and days, wherever the browser is', (time_zone, hour, day) => {
  const at = new Date('2026-03-02T00:00:00Z')
  expect(pointFormats('en-GB', { by: 'hour', time_zone }).one.format(at)).toBe(hour)
  expect(pointFormats('en-GB', { by: 'day', time_zone }).one.format(at)).toBe(day)
})
