import { PostgresAdapter, sql } from 'kysely'
import type { DeskStore } from '../../../core/call-center/desk/desk-store.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { toAgentCall } from './agent-calls.ts'
import { ATTEMPT_COLUMNS, toDialAttempt } from './dial-attempt-rows.ts'

export function createDeskStore(db: Database): DeskStore {
  // As in `call-stats.ts`: the history's ids have the collation "C".
  const isPostgres = db.query.getExecutor().adapter instanceof PostgresAdapter
  const byteCollation = isPostgres ? sql`collate "C"` : sql``

  return {
    async attemptOf(agentId) {
      const row = await db.query
        .selectFrom('leads')
        .select(ATTEMPT_COLUMNS)
        .where('dialling_agent_id', '=', rowId(agentId) ?? 0)
        // Not a parameter: the partial index covers leads in a call.
        .where(sql<boolean>`dial_state = 'dialling'`)
        .executeTakeFirst()
      return row && toDialAttempt(row)
    },

    async lastLeadCallOf(agentId) {
      const row = await db.query
        .selectFrom('agent_calls')
        .selectAll()
        .where('agent_id', '=', rowId(agentId) ?? 0)
        .where('lead_id', 'is not', null)
        .orderBy('created_at', 'desc')
        .orderBy('id', 'desc')
        .limit(1)
        .executeTakeFirst()
      return row && toAgentCall(row)
    },

    async notesOf(leadId, exceptNoteId, limit) {
      const rows = await db.query
        .selectFrom('lead_notes')
        .leftJoin('agents', 'agents.id', 'lead_notes.agent_id')
        .selectAll('lead_notes')
        .select('agents.name')
        .where('lead_notes.lead_id', '=', rowId(leadId) ?? 0)
        .where('lead_notes.id', '!=', rowId(exceptNoteId ?? '') ?? 0)
        .orderBy('lead_notes.id', 'desc')
        .limit(limit)
        .execute()
      return rows.map((row) => ({
        id: String(row.id),
        leadId: String(row.lead_id),
        agentId: row.agent_id === null ? null : String(row.agent_id),
        agentName: row.name,
        content: row.content,
        createdAt: row.created_at,
      }))
    },

    async callsOf(leadId, exceptCallId, limit) {
      const rows = await db.query
        .selectFrom('agent_calls')
        .leftJoin('agents', 'agents.id', 'agent_calls.agent_id')
        .leftJoin('calls', (join) => join.on(sql<boolean>`calls.id = agent_calls.call_id ${byteCollation}`))
        .leftJoin('call_results', (join) =>
          join
            .onRef('call_results.call_id', '=', 'agent_calls.call_id')
            .onRef('call_results.agent_id', '=', 'agent_calls.agent_id'),
        )
        .select([
          'agent_calls.call_id',
          'agent_calls.created_at',
          'agent_calls.outcome',
          'agents.name as agent_name',
          'calls.billable',
          'call_results.name as disposition',
        ])
        .where('agent_calls.lead_id', '=', rowId(leadId) ?? 0)
        .where('agent_calls.call_id', '!=', exceptCallId)
        .orderBy('agent_calls.created_at', 'desc')
        .orderBy('agent_calls.id', 'desc')
        .limit(limit)
        .execute()
      return rows.map((row) => ({
        id: row.call_id,
        startedAt: row.created_at,
        agentName: row.agent_name,
        outcome: row.outcome,
        // For a lead an announcement is no conversation.
        talked: row.outcome === null || row.outcome === 'answered' ? row.billable : 0,
        disposition: row.disposition,
      }))
    },
  }
}
