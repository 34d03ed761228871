import type { CampaignStore, Progress } from '../../core/campaigns/campaign-store.ts'
import { rowId } from './bind.ts'
import type { Database } from './database.ts'

/** Counts of leads, all from one index of them. */
export function progressOf(db: Database): Pick<CampaignStore, 'progress' | 'waiting'> {
  return {
    async progress(ids) {
      const rows =
        ids.length === 0
          ? []
          : await db.query
              .selectFrom('leads')
              .select(['campaign_id', 'dial_state', 'last_outcome'])
              .select((is) => [is.fn.countAll().as('leads'), is.fn.sum('attempts').as('calls')])
              .where(
                'campaign_id',
                'in',
                ids.map((id) => rowId(id) ?? 0),
              )
              .groupBy(['campaign_id', 'dial_state', 'last_outcome'])
              .execute()
      return new Map(
        ids.map((id) => [id, summed(rows.filter(({ campaign_id }) => String(campaign_id) === id))]),
      )
    },

    async waiting(id) {
      const rows = await db.query
        .selectFrom('leads')
        .select('time_zone')
        .select((is) => [is.fn.countAll().as('leads'), is.fn.min('next_try_at').as('due_at')])
        .where('campaign_id', '=', rowId(id) ?? 0)
        .where('dial_state', '=', 'waiting')
        .groupBy('time_zone')
        .execute()
      return rows.map(({ time_zone, leads, due_at }) => ({
        zone: time_zone,
        count: Number(leads),
        dueAt: Number(due_at),
      }))
    },
  }
}

interface Row {
  dial_state: 'idle' | 'waiting' | 'dialling' | 'done'
  last_outcome: keyof Progress['outcomes'] | null
  // PostgreSQL counts beyond what a number holds, and says so in text.
  leads: string | number | bigint
  calls: string | number | bigint | null
}

function summed(rows: readonly Row[]): Progress {
  const outcomes: Partial<Record<keyof Progress['outcomes'], number>> = {}
  const counted = { total: 0, waiting: 0, dialling: 0, done: 0, calls: 0 }
  for (const { dial_state, last_outcome, leads, calls } of rows) {
    counted.total += Number(leads)
    counted.calls += Number(calls ?? 0)
    if (dial_state !== 'idle') counted[dial_state] += Number(leads)
    if (last_outcome !== null) outcomes[last_outcome] = (outcomes[last_outcome] ?? 0) + Number(leads)
  }
  return { ...counted, outcomes }
}
