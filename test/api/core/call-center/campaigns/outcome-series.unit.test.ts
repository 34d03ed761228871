import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  countInBins,
  createOutcomeSeriesReader,
  type OutcomeCount,
} from '../../../../../api/core/call-center/campaigns/outcome-series.ts'
import { timeBins } from '../../../../../api/core/values/time-bins.ts'
import { newCampaign, newRules } from '../../../../support/fixtures/campaigns.ts'

/** Already the next day in Berlin. */
const now = Date.parse('2026-11-29T23:30:00Z')

function setUp(counts: readonly OutcomeCount[] = []) {
  const asked: unknown[] = []
  const read = createOutcomeSeriesReader({
    store: {
      async countByQuarter(id, span) {
        asked.push([id, span])
        return [...counts]
      },
    },
    timeZone: 'Europe/Madrid',
    now: () => now,
  })
  const readBy = (by: 'hour' | 'day', range = {}, timeZone = 'Europe/Berlin') =>
    read(newCampaign({ rules: newRules({ timeZone }) }), by, range)
  return { readBy, asked }
}

describe('the outcomes of a campaign over time', () => {
  test('are those of today, hour by hour, in the time zone of the campaign', async () => {
    const at = Date.parse('2026-11-29T23:15:00Z') / 1_000
    const { readBy, asked } = setUp([
      { at, outcome: 'answered', calls: 2 },
      { at: at + 900, outcome: 'answered', calls: 1 },
      { at: at + 900, outcome: null, calls: 1 },
    ])
    const { range, timeZone, bins } = await readBy('hour')
    expect({ range, timeZone }).toEqual({
      range: { from: '2026-11-30', to: '2026-11-30' },
      timeZone: 'Europe/Berlin',
    })
    expect(bins).toHaveLength(24)
    expect(bins[0]).toMatchObject({ calls: 4, outcomes: { answered: 3 } })
    const from = Date.parse('2026-11-29T23:00:00Z') / 1_000
    expect(asked).toEqual([['1', { from, until: from + 86_400 }]])
  })

  test('are those of two weeks, day by day', async () => {
    const { range, bins } = await setUp().readBy('day')
    expect(range).toEqual({ from: '2026-11-17', to: '2026-11-30' })
    expect(bins).toHaveLength(14)
  })

  test('of a campaign with an old name for a time zone are in the zone of the installation', async () => {
    expect((await setUp().readBy('day', {}, 'BST')).timeZone).toBe('Europe/Madrid')
  })

  test.each([
    ['hour', { from: '2026-11-02', to: '2026-11-01' }],
    ['hour', { from: '2026-10-01', to: '2026-11-01' }],
    ['day', { from: '2025-11-01', to: '2026-11-02' }],
    ['day', { from: '2026-12-01' }],
  ] as const)('by %s refuse %j', async (by, range) => {
    await expect(setUp().readBy(by, range)).rejects.toMatchObject({ code: 'input_invalid' })
  })

  test('lose no call, and count none twice', () => {
    const days = { from: '2026-10-24', to: '2026-10-26' }
    const hours = timeBins('hour', days, 'Europe/Berlin')
    const first = hours[0]?.start ?? 0
    const count = fc.record({
      at: fc.nat(3 * 96 + 3).map((quarter) => first + quarter * 900),
      outcome: fc.constantFrom('answered' as const, 'busy' as const, null),
      calls: fc.integer({ min: 1, max: 9 }),
    })
    fc.assert(
      fc.property(fc.array(count), (counts) => {
        const sum = (of: readonly { calls: number }[]) => of.reduce((all, { calls }) => all + calls, 0)
        const byHour = countInBins(hours, counts)
        expect(sum(byHour)).toBe(sum(counts))
        expect(sum(countInBins(timeBins('day', days, 'Europe/Berlin'), counts))).toBe(sum(counts))
        const withOutcome = counts.filter(({ outcome }) => outcome !== null)
        const ofOutcomes = byHour.flatMap(({ outcomes }) => Object.values(outcomes))
        expect(ofOutcomes.reduce((all, calls) => all + calls, 0)).toBe(sum(withOutcome))
      }),
    )
  })
})
