import { type Kysely, sql } from 'kysely'

/** What agents work with: breaks with a reason, callbacks, scripts and dispositions, notes and results of calls. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable('agents').addColumn('break_reason', 'text').execute()

  // Columns of the lead, not rows of their own: the end of a call decides about the queue by them, in one statement.
  for (const column of [
    'callback_at',
    'callback_agent_id',
    'callback_is_own',
    'callback_attempts',
    // The result that was stored while the call lasted; the lead takes it over when the call has ended.
    'result_try_at',
  ]) {
    await db.schema.alterTable('leads').addColumn(column, 'bigint').execute()
  }
  for (const column of ['callback_time_zone', 'result_state']) {
    await db.schema.alterTable('leads').addColumn(column, 'text').execute()
  }
  await sql`create index leads_callbacks on leads (callback_at, id) where callback_at is not null`.execute(db)
  await sql`create index leads_agent_callbacks on leads (callback_agent_id, callback_at, id)
    where callback_at is not null`.execute(db)
  await sql`create index leads_callback_queue on leads (campaign_id, next_try_at, id)
    where dial_state = 'waiting' and callback_at is not null`.execute(db)

  await db.schema
    .createTable('campaign_texts')
    .addColumn('campaign_id', 'bigint', (column) =>
      column.notNull().references('campaigns.id').onDelete('cascade'),
    )
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('body_json', 'text', (column) => column.notNull())
    .addColumn('version', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('campaign_texts_key', ['campaign_id', 'kind'])
    .execute()

  await db.schema
    .createTable('call_notes')
    .addColumn('call_id', 'text', (column) => column.notNull())
    .addColumn('agent_id', 'bigint', (column) => column.notNull())
    .addColumn('lead_id', 'bigint', (column) => column.notNull().references('leads.id').onDelete('cascade'))
    // Null after the text was emptied.
    .addColumn('note_id', 'bigint', (column) => column.references('lead_notes.id').onDelete('set null'))
    .addColumn('revision', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('call_notes_key', ['call_id', 'agent_id'])
    .execute()
  await sql`create index call_notes_lead on call_notes (lead_id)`.execute(db)
  await sql`create index call_notes_note on call_notes (note_id)`.execute(db)

  await db.schema
    .createTable('call_results')
    .addColumn('call_id', 'text', (column) => column.notNull())
    .addColumn('agent_id', 'bigint', (column) => column.notNull())
    .addColumn('lead_id', 'bigint', (column) => column.notNull())
    .addColumn('campaign_id', 'bigint')
    .addColumn('disposition', 'text', (column) => column.notNull())
    // As it was named then: the campaign may change its dispositions.
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('effect', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('call_results_key', ['call_id', 'agent_id'])
    .execute()
  await sql`create index call_results_campaign on call_results (campaign_id, created_at)`.execute(db)
}
