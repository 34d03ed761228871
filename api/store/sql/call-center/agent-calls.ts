import type { Selectable } from 'kysely'
import type { AgentCall, AgentCallStore } from '../../../core/call-center/calls/agent-call.ts'
import { isStorable, rowId } from '../bind.ts'
import { chunks } from '../chunks.ts'
import type { Database } from '../database.ts'
import type { AgentCallsTable } from '../tables-call-center.ts'

const IDS_PER_QUERY = 1_000

export function createAgentCallStore(db: Database): AgentCallStore {
  const insert = (call: Omit<AgentCall, 'id' | 'outcome'>) =>
    db.query.insertInto('agent_calls').values({
      call_id: call.callId,
      agent_id: rowId(call.agentId) ?? 0,
      lead_id: toRowId(call.leadId),
      campaign_id: toRowId(call.campaignId),
      number: call.number,
      created_at: call.createdAt,
      outcome: null,
    })

  async function find(id: string): Promise<AgentCall | undefined> {
    if (!isStorable(id)) return undefined
    const row = await db.query
      .selectFrom('agent_calls')
      .selectAll()
      .where((is) => is.or([is('call_id', '=', id), is('id', '=', rowId(id) ?? 0)]))
      .executeTakeFirst()
    return row && toAgentCall(row)
  }

  return {
    find,
    add: async (call) => toAgentCall(await insert(call).returningAll().executeTakeFirstOrThrow()),

    async addIfMissing(call) {
      const added = await insert(call)
        .onConflict((known) => known.column('call_id').doNothing())
        .returningAll()
        .executeTakeFirst()
      const agentCall = added === undefined ? await find(call.callId) : toAgentCall(added)
      if (agentCall === undefined) throw new TypeError('the call was just added')
      return agentCall
    },

    async findIds(callIds) {
      const ids = new Map<string, string>()
      const storableIds = callIds.filter(isStorable)
      for (const idChunk of chunks(storableIds, IDS_PER_QUERY)) {
        const rows = await db.query
          .selectFrom('agent_calls')
          .select(['id', 'call_id'])
          .where('call_id', 'in', idChunk)
          .execute()
        for (const { id, call_id } of rows) ids.set(call_id, String(id))
      }
      return ids
    },

    async finish(callId, outcome) {
      await db.query
        .updateTable('agent_calls')
        .set({ outcome })
        .where('call_id', '=', callId)
        .where('outcome', 'is', null)
        .execute()
    },

    async delete(callId) {
      await db.query.deleteFrom('agent_calls').where('call_id', '=', callId).execute()
    },
  }
}

const toRowId = (id: string | null) => (id === null ? null : (rowId(id) ?? null))

export const toAgentCall = (row: Selectable<AgentCallsTable>): AgentCall => ({
  id: String(row.id),
  callId: row.call_id,
  agentId: String(row.agent_id),
  leadId: row.lead_id === null ? null : String(row.lead_id),
  campaignId: row.campaign_id === null ? null : String(row.campaign_id),
  number: row.number,
  createdAt: row.created_at,
  outcome: row.outcome,
})
