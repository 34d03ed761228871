import type { LeadCallStore } from '../../../core/call-center/leads/lead-calls.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { toAgentCall } from './agent-calls.ts'

export const createLeadCallStore = (db: Database): LeadCallStore => ({
  async list(leadId, { before, limit }) {
    const rows = await db.query
      .selectFrom('agent_calls')
      .leftJoin('agents', 'agents.id', 'agent_calls.agent_id')
      .selectAll('agent_calls')
      .select('agents.name as agent_name')
      .where('agent_calls.lead_id', '=', rowId(leadId) ?? 0)
      .$if(before !== undefined, (query) => query.where('agent_calls.id', '<', rowId(before ?? '') ?? 0))
      .orderBy('agent_calls.id', 'desc')
      .limit(limit)
      .execute()
    return rows.map((row) => ({ ...toAgentCall(row), agentName: row.agent_name }))
  },

  async count(leadId) {
    const { found } = await db.query
      .selectFrom('agent_calls')
      .select((of) => of.fn.countAll<number>().as('found'))
      .where('lead_id', '=', rowId(leadId) ?? 0)
      .executeTakeFirstOrThrow()
    return found
  },
})
