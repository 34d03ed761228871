import { sql } from 'kysely'
import type { CampaignProgress, CampaignStore } from '../../../core/call-center/campaigns/campaign-store.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { isCallableBy } from './lead-rows.ts'

/** Counts leads; each query reads only an index. */
export function createCampaignProgress(
  db: Database,
): Pick<CampaignStore, 'progress' | 'waitingZones' | 'hasDueLeadFor'> {
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
        ids.map((id) => [id, sumProgress(rows.filter(({ campaign_id }) => String(campaign_id) === id))]),
      )
    },

    async hasDueLeadFor(id, agentIds, now) {
      const row = await db.query
        .selectFrom('leads')
        .select('leads.id')
        .where('campaign_id', '=', rowId(id) ?? 0)
        // Not a parameter: the partial index covers waiting leads.
        .where(sql<boolean>`dial_state = 'waiting'`)
        .where('next_try_at', '<=', now)
        .where((is) => is.or(agentIds.map((agentId) => isCallableBy(rowId(agentId) ?? 0))))
        .limit(1)
        .executeTakeFirst()
      return row !== undefined
    },

    /** Zones are few and leads are many: the recursive query jumps in the index from each zone to the next. */
    async waitingZones(id) {
      const waitingLeads = sql`from leads where campaign_id = ${rowId(id) ?? 0} and dial_state = 'waiting'`
      const { rows } = await sql<{ zone: string | null; due_at: Count | null }>`
        with recursive zones (zone) as (
          select min(time_zone) ${waitingLeads}
          union all
          select (select min(time_zone) ${waitingLeads} and time_zone > zones.zone) from zones where zones.zone is not null
        )
        select zone, (select min(next_try_at) ${waitingLeads} and time_zone = zone) as due_at from zones
        where zone is not null
        union all
        select null, (select min(next_try_at) ${waitingLeads} and time_zone is null)`.execute(db.query)
      return rows.flatMap(({ zone, due_at }) => (due_at === null ? [] : [{ zone, dueAt: Number(due_at) }]))
    },
  }
}

interface Row {
  dial_state: 'idle' | 'waiting' | 'dialling' | 'done'
  last_outcome: keyof CampaignProgress['outcomes'] | null
  leads: Count
  calls: Count | null
}
/** The driver returns PostgreSQL's 64-bit counts as text. */
type Count = string | number | bigint

function sumProgress(rows: readonly Row[]): CampaignProgress {
  const outcomes: Partial<Record<keyof CampaignProgress['outcomes'], number>> = {}
  const counts = { total: 0, waiting: 0, dialling: 0, done: 0, calls: 0 }
  for (const { dial_state, last_outcome, leads, calls } of rows) {
    counts.total += Number(leads)
    counts.calls += Number(calls ?? 0)
    if (dial_state !== 'idle') counts[dial_state] += Number(leads)
    if (last_outcome !== null) outcomes[last_outcome] = (outcomes[last_outcome] ?? 0) + Number(leads)
  }
  return { ...counts, outcomes }
}
