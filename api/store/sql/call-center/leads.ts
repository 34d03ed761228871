import type { LeadNote } from '../../../core/call-center/leads/lead.ts'
import type { LeadStore } from '../../../core/call-center/leads/lead-store.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import { addToDoNotCall } from './do-not-call.ts'
import { changeLead, lockLead } from './lead-changes.ts'
import { countLeads } from './lead-count.ts'
import { queryLeadPage } from './lead-page.ts'
import { isReadable, toLead, toNewLeadRow } from './lead-rows.ts'

export function createLeadStore(db: Database): LeadStore {
  return {
    async find(id, scope) {
      const row = await db.query
        .selectFrom('leads')
        .selectAll()
        .where('id', '=', rowId(id) ?? 0)
        .where((is) => isReadable(is, scope))
        .executeTakeFirst()
      return row && toLead(row)
    },

    async listNotes(id, limit) {
      const rows = await db.query
        .selectFrom('lead_notes')
        .selectAll()
        .where('lead_id', '=', rowId(id) ?? 0)
        .orderBy('id', 'desc')
        .limit(limit)
        .execute()
      return rows.map(toNote)
    },

    list: (scope, filter, order, page) => queryLeadPage(db, scope, filter, order, page),

    count: (scope, filter, max) => countLeads(db, scope, filter, max),

    add: (lead, doNotCall, now) =>
      db.transaction(async (trx) => {
        if (doNotCall !== undefined) await addToDoNotCall(trx, [doNotCall], now)
        const row = await trx
          .insertInto('leads')
          .values(toNewLeadRow(lead, now))
          .returningAll()
          .executeTakeFirstOrThrow()
        return toLead(row)
      }),

    change: (id, scope, decide, now) => db.transaction((trx) => changeLead(trx, id, scope, decide, now)),

    remove: (id, scope, check) =>
      db.transaction(async (trx) => {
        check(await lockLead(trx, id, scope))
        await trx
          .deleteFrom('leads')
          .where('id', '=', rowId(id) ?? 0)
          .execute()
      }),

    addNote: ({ leadId, agentId, content, createdAt }, scope) =>
      db.transaction(async (trx) => {
        await lockLead(trx, leadId, scope)
        const row = await trx
          .insertInto('lead_notes')
          .values({
            lead_id: rowId(leadId) ?? 0,
            agent_id: agentId === null ? null : (rowId(agentId) ?? 0),
            content,
            created_at: createdAt,
          })
          .returningAll()
          .executeTakeFirstOrThrow()
        return toNote(row)
      }),
  }
}

function toNote(row: {
  id: number
  lead_id: number
  agent_id: number | null
  content: string
  created_at: number
}): LeadNote {
  return {
    id: String(row.id),
    leadId: String(row.lead_id),
    agentId: row.agent_id === null ? null : String(row.agent_id),
    content: row.content,
    createdAt: row.created_at,
  }
}
