import { expect, test } from 'vitest'
import { CALL_OUTCOMES } from '../../../../api/core/calls/call.ts'
import { timeBins } from '../../../../api/core/values/time-bins.ts'
import {
  binNames,
  groupFigures,
  OUTCOME_GROUPS,
} from '../../../../console/screens/campaigns/outcome-groups.ts'

test('each outcome of a call is in one group of the chart', () => {
  expect(OUTCOME_GROUPS.flatMap(({ outcomes }) => outcomes).toSorted()).toEqual(CALL_OUTCOMES.toSorted())
})

test('a group has the sum of its outcomes, bin by bin', () => {
  const bins = [
    { starts_at: '', ends_at: '', calls: 6, outcomes: { busy: 1, declined: 2, cancelled: 3 } },
    { starts_at: '', ends_at: '', calls: 0, outcomes: {} },
  ]
  expect(groupFigures(bins, ['declined', 'cancelled'])).toEqual([5, 0])
})

test.each(['en', 'ru', 'es'])('all hours of a day of 25 hours have different names in %s', (language) => {
  const day = { from: '2026-10-25', to: '2026-10-25' }
  const bins = timeBins('hour', day, 'Europe/Berlin').map(({ start }) => ({
    starts_at: new Date(start * 1_000).toISOString(),
  }))
  const names = binNames(language, 'hour', 'Europe/Berlin', bins)
  expect(new Set(names.map(({ name }) => name)).size).toBe(25)
  expect(names[2]?.name).toContain('GMT+2')
  expect(names[3]?.name).toContain('GMT+1')
  expect(names[4]?.name).not.toContain('GMT')
})
