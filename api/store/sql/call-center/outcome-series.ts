import { sql } from 'kysely'
import type { OutcomeSeriesStore } from '../../../core/call-center/campaigns/outcome-series.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'

/** Reads the index of agent calls by campaign and time. */
export const createOutcomeSeriesStore = (db: Database): OutcomeSeriesStore => ({
  async countByQuarter(campaignId, { from, until }) {
    // Not a parameter: a driver may bind it as a float, which would not divide to a whole number.
    const quarter = sql<number>`agent_calls.created_at / 900`
    const rows = await db.query
      .selectFrom('agent_calls')
      .select((is) => [quarter.as('quarter'), 'outcome', is.fn.countAll<number>().as('calls')])
      .where('campaign_id', '=', rowId(campaignId) ?? 0)
      .where('created_at', '>=', from)
      .where('created_at', '<', until)
      .groupBy([quarter, 'outcome'])
      .execute()
    return rows.map(({ quarter: at, outcome, calls }) => ({
      at: Number(at) * 900,
      outcome,
      calls: Number(calls),
    }))
  },
})
