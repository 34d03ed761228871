import type { Selectable } from 'kysely'
import type { CallLog, DeskCall } from '../../../core/call-center/calls/agent-call.ts'
import { rowId, storable } from '../bind.ts'
import type { Database } from '../database.ts'
import type { DeskCallsTable } from '../tables-call-center.ts'

/** Calls in one statement: engines bound its parameters. */
const AT_ONCE = 1_000

/** The first outcome of a call stays. */
export function createCallLog(db: Database): CallLog {
  const insert = (call: Omit<DeskCall, 'id' | 'outcome'>) =>
    db.query.insertInto('desk_calls').values({
      call_id: call.callId,
      agent_id: rowId(call.agentId) ?? 0,
      lead_id: keyOf(call.leadId),
      campaign_id: keyOf(call.campaignId),
      number: call.number,
      created_at: call.createdAt,
      outcome: null,
    })

  async function find(id: string): Promise<DeskCall | undefined> {
    if (!storable(id)) return undefined
    const row = await db.query
      .selectFrom('desk_calls')
      .selectAll()
      .where((is) => is.or([is('call_id', '=', id), is('id', '=', rowId(id) ?? 0)]))
      .executeTakeFirst()
    return row && toCall(row)
  }

  return {
    find,
    add: async (call) => toCall(await insert(call).returningAll().executeTakeFirstOrThrow()),

    async note(call) {
      const added = await insert(call)
        .onConflict((known) => known.column('call_id').doNothing())
        .returningAll()
        .executeTakeFirst()
      const noted = added === undefined ? await find(call.callId) : toCall(added)
      if (noted === undefined) throw new TypeError('a call was just noted')
      return noted
    },

    async idsOf(callIds) {
      const ids = new Map<string, string>()
      const known = callIds.filter(storable)
      for (let at = 0; at < known.length; at += AT_ONCE) {
        const rows = await db.query
          .selectFrom('desk_calls')
          .select(['id', 'call_id'])
          .where('call_id', 'in', known.slice(at, at + AT_ONCE))
          .execute()
        for (const { id, call_id } of rows) ids.set(call_id, String(id))
      }
      return ids
    },

    async finish(callId, outcome) {
      await db.query
        .updateTable('desk_calls')
        .set({ outcome })
        .where('call_id', '=', callId)
        .where('outcome', 'is', null)
        .execute()
    },

    async forget(callId) {
      await db.query.deleteFrom('desk_calls').where('call_id', '=', callId).execute()
    },
  }
}

const keyOf = (id: string | null) => (id === null ? null : (rowId(id) ?? null))

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
