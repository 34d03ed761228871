import type { Selectable } from 'kysely'
import type { CallLog, DeskCall } from '../../core/desk/call-log.ts'
import { rowId, storable } from './bind.ts'
import type { Database } from './database.ts'
import type { DeskCallsTable } from './tables-call-centre.ts'

/** The first outcome of a call stays. */
export function createCallLog(db: Database): CallLog {
  return {
    async add({ callId, agentId, leadId, campaignId, number, createdAt }) {
      const row = await db.query
        .insertInto('desk_calls')
        .values({
          call_id: callId,
          agent_id: rowId(agentId) ?? 0,
          lead_id: leadId === null ? null : (rowId(leadId) ?? null),
          campaign_id: campaignId === null ? null : (rowId(campaignId) ?? null),
          number,
          created_at: createdAt,
          outcome: null,
        })
        .returningAll()
        .executeTakeFirstOrThrow()
      return toCall(row)
    },

    async find(id) {
      if (!storable(id)) return undefined
      const row = await db.query
        .selectFrom('desk_calls')
        .selectAll()
        .where((is) => is.or([is('call_id', '=', id), is('id', '=', rowId(id) ?? 0)]))
        .executeTakeFirst()
      return row && toCall(row)
    },

    async finish(callId, outcome) {
      await db.query
        .updateTable('desk_calls')
        .set({ outcome })
        .where('call_id', '=', callId)
        .where('outcome', 'is', null)
        .execute()
    },
  }
}

const toCall = (row: Selectable<DeskCallsTable>): DeskCall => ({
  id: String(row.id),
  callId: row.call_id,
  agentId: String(row.agent_id),
  leadId: row.lead_id === null ? null : String(row.lead_id),
  campaignId: row.campaign_id === null ? null : String(row.campaign_id),
  number: row.number,
  createdAt: row.created_at,
  outcome: row.outcome,
})
