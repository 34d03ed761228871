import type { Transaction } from 'kysely'
import type { CallKey, CallRecordStore } from '../../../core/call-center/desk/call-records.ts'
import { Refusal } from '../../../core/refusal.ts'
import { rowId } from '../bind.ts'
import type { Database } from '../database.ts'
import type { Tables } from '../tables.ts'
import { changeLead } from './lead-changes.ts'

export function createCallRecordStore(db: Database): CallRecordStore {
  async function findRow({ callId, agentId }: CallKey, query = db.query) {
    return query
      .selectFrom('call_results')
      .select(['disposition', 'name', 'lead_id', 'created_at'])
      .where('call_id', '=', callId)
      .where('agent_id', '=', rowId(agentId) ?? 0)
      .executeTakeFirst()
  }

  return {
    async findResult(key) {
      const row = await findRow(key)
      return row && { disposition: row.disposition, name: row.name, createdAt: row.created_at }
    },

    async findNote({ callId, agentId }) {
      const row = await db.query
        .selectFrom('call_notes')
        .leftJoin('lead_notes', 'lead_notes.id', 'call_notes.note_id')
        .select(['call_notes.note_id', 'call_notes.revision', 'lead_notes.content'])
        .where('call_notes.call_id', '=', callId)
        .where('call_notes.agent_id', '=', rowId(agentId) ?? 0)
        .executeTakeFirst()
      if (row === undefined) return undefined
      const noteId = row.note_id === null ? null : String(row.note_id)
      return { noteId, text: row.content ?? '', revision: row.revision }
    },

    saveNote: (key, { leadId, text, revision, now }) =>
      db.transaction((trx) => writeNote(trx, key, { leadId, text, expected: revision, now })),

    saveResult: (key, { leadId, scope, campaignId, disposition, note, update, now }) =>
      db.transaction(async (trx) => {
        const added = await trx
          .insertInto('call_results')
          .values({
            call_id: key.callId,
            agent_id: rowId(key.agentId) ?? 0,
            lead_id: rowId(leadId) ?? 0,
            campaign_id: campaignId === null ? null : (rowId(campaignId) ?? 0),
            disposition: disposition.key,
            name: disposition.name,
            effect: disposition.effect,
            created_at: now,
          })
          .onConflict((known) => known.columns(['call_id', 'agent_id']).doNothing())
          .returning('call_id')
          .executeTakeFirst()
        if (added === undefined) {
          const stored = await findRow(key, trx)
          if (stored?.disposition !== disposition.key)
            throw new Refusal('conflict', { detail: `this call has the result “${stored?.name}”` })
          if (stored.lead_id !== rowId(leadId))
            throw new Refusal('conflict', { detail: 'this call has a result of another lead' })
        } else await changeLead(trx, leadId, scope, update, now)
        if (note !== undefined)
          await writeNote(trx, key, { leadId, text: note.text, expected: note.revision, now })
        return added !== undefined
      }),
  }
}

/**
 * @param write `expected` revision; undefined skips the check
 * @returns the new revision
 * @throws {Refusal} `stale`, `conflict`
 */
async function writeNote(
  trx: Transaction<Tables>,
  { callId, agentId }: CallKey,
  {
    leadId,
    text,
    expected,
    now,
  }: { leadId: string; text: string; expected: number | undefined; now: number },
): Promise<number> {
  const agent = rowId(agentId) ?? 0
  // The new row, or the lock of the one that is stored.
  const row = await trx
    .insertInto('call_notes')
    .values({
      ...{ call_id: callId, agent_id: agent, lead_id: rowId(leadId) ?? 0, note_id: null },
      ...{ revision: 1, updated_at: now },
    })
    .onConflict((known) =>
      known.columns(['call_id', 'agent_id']).doUpdateSet((one) => ({
        revision: one('call_notes.revision', '+', 1),
        updated_at: now,
      })),
    )
    .returning(['note_id', 'revision', 'lead_id'])
    .executeTakeFirstOrThrow()
  const lead = rowId(leadId) ?? 0
  // A refusal rolls the transaction back.
  if (row.note_id !== null && row.lead_id !== lead)
    throw new Refusal('conflict', { detail: 'this call has a note of another lead' })
  const isStale = expected !== undefined && row.revision !== expected + 1
  if (isStale && text !== (await readLeadNote(trx, row.note_id))) throw new Refusal('stale')
  const noteId = await writeLeadNote(trx, row.note_id, {
    ...{ lead_id: lead, agent_id: agent, content: text },
    created_at: now,
  })
  if (noteId !== row.note_id || lead !== row.lead_id)
    await trx
      .updateTable('call_notes')
      .set({ note_id: noteId, lead_id: lead })
      .where('call_id', '=', callId)
      .where('agent_id', '=', agent)
      .execute()
  return row.revision
}

/** @returns undefined for a note that is not there */
async function readLeadNote(trx: Transaction<Tables>, id: number | null): Promise<string | undefined> {
  if (id === null) return undefined
  const row = await trx.selectFrom('lead_notes').select('content').where('id', '=', id).executeTakeFirst()
  return row?.content
}

/** @returns the id of the note; null for an empty text, which is no note */
async function writeLeadNote(
  trx: Transaction<Tables>,
  id: number | null,
  note: { lead_id: number; agent_id: number; content: string; created_at: number },
): Promise<number | null> {
  if (note.content.trim() === '') {
    if (id !== null) await trx.deleteFrom('lead_notes').where('id', '=', id).execute()
    return null
  }
  if (id === null) {
    const added = await trx.insertInto('lead_notes').values(note).returning('id').executeTakeFirstOrThrow()
    return added.id
  }
  await trx.updateTable('lead_notes').set({ content: note.content }).where('id', '=', id).execute()
  return id
}
