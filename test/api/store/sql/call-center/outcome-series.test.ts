import { describe, expect, test } from 'vitest'
import type { CallOutcome } from '../../../../../api/core/calls/call.ts'
import { createAgentCallStore } from '../../../../../api/store/sql/call-center/agent-calls.ts'
import { createOutcomeSeriesStore } from '../../../../../api/store/sql/call-center/outcome-series.ts'
import { onBothEngines } from '../engines.ts'

const from = Date.parse('2026-11-30T10:00:00Z') / 1_000
const until = from + 3_600

describe('the store of outcomes over time', () => {
  onBothEngines((engine) => {
    test('counts the calls of one campaign by quarter and outcome, within the time asked for', async () => {
      const db = await engine.tables()
      const calls = createAgentCallStore(db)
      const add = async (
        callId: string,
        createdAt: number,
        outcome: CallOutcome | null,
        campaignId: string | null = '7',
      ) => {
        await calls.add({ callId, agentId: '3', leadId: '5', campaignId, number: '+493012345', createdAt })
        if (outcome !== null) await calls.finish(callId, outcome)
      }
      await add('before', from - 1, 'busy')
      await add('first', from, 'busy')
      await add('same quarter', from + 899, 'busy')
      await add('other outcome', from + 30, 'answered')
      await add('next quarter', from + 900, 'busy')
      await add('under way', until - 1, null)
      await add('after', until, 'busy')
      await add('other campaign', from, 'busy', '8')
      await add('no campaign', from, 'busy', null)
      const counts = await createOutcomeSeriesStore(db).countByQuarter('7', { from, until })
      const sorted = counts.toSorted(
        (a, b) => a.at - b.at || String(a.outcome).localeCompare(String(b.outcome)),
      )
      expect(sorted).toEqual([
        { at: from, outcome: 'answered', calls: 1 },
        { at: from, outcome: 'busy', calls: 2 },
        { at: from + 900, outcome: 'busy', calls: 1 },
        { at: from + 2_700, outcome: null, calls: 1 },
      ])
      expect(await createOutcomeSeriesStore(db).countByQuarter('no id', { from, until })).toEqual([])
    })
  })
})
