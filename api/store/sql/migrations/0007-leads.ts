import { type Kysely, sql } from 'kysely'
import { codepoints } from './codepoints.ts'
import { withId } from './identity.ts'

/** Leads with notes and their place in a campaign's queue, imported lists, and the do-not-call list. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const text = codepoints(db)
  await withId(db, db.schema.createTable('leads'))
    .addColumn('first_name', text, (column) => column.notNull())
    .addColumn('last_name', text, (column) => column.notNull())
    .addColumn('phone', 'text', (column) => column.notNull())
    // The phone in normal form, by which lists are compared.
    .addColumn('number', text, (column) => column.notNull())
    .addColumn('email', text)
    .addColumn('company', text)
    .addColumn('title', 'text')
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('notes', 'text')
    .addColumn('time_zone', 'text')
    .addColumn('team', 'text')
    .addColumn('agent_id', 'bigint')
    .addColumn('campaign_id', 'bigint')
    .addColumn('attempts', 'bigint', (column) => column.notNull())
    .addColumn('last_call_at', 'bigint')
    .addColumn('last_outcome', 'text')
    // The agent who called last, and so may open it.
    .addColumn('last_agent_id', 'bigint')
    .addColumn('dial_state', 'text', (column) => column.notNull())
    .addColumn('next_try_at', 'bigint', (column) => column.notNull())
    .addColumn('dialling_call_id', 'text')
    .addColumn('dialling_agent_id', 'bigint')
    .addColumn('dialling_since', 'bigint')
    // The state to which it returns after a manual call.
    .addColumn('dialling_from', 'text')
    // Names as they are searched and sorted.
    .addColumn('first_folded', text, (column) => column.notNull().defaultTo(''))
    .addColumn('last_folded', text, (column) => column.notNull().defaultTo(''))
    .addColumn('company_folded', text)
    .addColumn('email_folded', text)
    .addColumn('version', 'bigint', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .execute()
  // One index per order and scope: every page is one range, the last one like the first.
  for (const [name, owner] of [
    ['all', ''],
    ['agent', 'agent_id, '],
    ['team', 'team, '],
    ['campaign', 'campaign_id, '],
  ] as const) {
    for (const order of ['created_at', 'updated_at', 'last_folded']) {
      await sql`create index ${sql.raw(`leads_${name}_${order} on leads (${owner}${order}, id)`)}`.execute(db)
    }
  }
  // For an agent combined with a team or campaign: often empty, which an index by order would find out only at its end.
  await sql`create index leads_agent_team on leads (agent_id, team)`.execute(db)
  await sql`create index leads_agent_campaign on leads (agent_id, campaign_id)`.execute(db)
  await sql`create index leads_campaign_team on leads (campaign_id, team)`.execute(db)
  for (const column of ['number', 'first_folded', 'company_folded', 'email_folded', 'status']) {
    await sql`create index ${sql.raw(`leads_${column} on leads (${column})`)}`.execute(db)
  }
  await sql`create index leads_queue on leads (campaign_id, time_zone, next_try_at, id) where dial_state = 'waiting'`.execute(
    db,
  )
  // No lead, number or agent is ever in two automatic calls at once.
  await sql`create unique index leads_dialling_number on leads (number) where dial_state = 'dialling'`.execute(
    db,
  )
  await sql`create unique index leads_dialling_agent on leads (dialling_agent_id) where dial_state = 'dialling'`.execute(
    db,
  )

  await withId(db, db.schema.createTable('lead_notes'))
    .addColumn('lead_id', 'bigint', (column) => column.notNull().references('leads.id').onDelete('cascade'))
    .addColumn('agent_id', 'bigint')
    .addColumn('content', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute()
  await sql`create index lead_notes_lead on lead_notes (lead_id, id)`.execute(db)

  await withId(db, db.schema.createTable('lead_imports'))
    .addColumn('agent_id', 'bigint', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('order_json', 'text', (column) => column.notNull())
    .addColumn('total', 'bigint', (column) => column.notNull())
    .addColumn('done', 'bigint', (column) => column.notNull())
    .addColumn('added', 'bigint', (column) => column.notNull())
    .addColumn('updated', 'bigint', (column) => column.notNull())
    .addColumn('skipped', 'bigint', (column) => column.notNull())
    .addColumn('refused', 'bigint', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .execute()
  await sql`create index lead_imports_running on lead_imports (updated_at) where state = 'running'`.execute(
    db,
  )
  // The list until it is imported: in its own table, since each update rewrites a whole row.
  await db.schema
    .createTable('lead_import_parts')
    .addColumn('import_id', 'bigint', (column) =>
      column.notNull().references('lead_imports.id').onDelete('cascade'),
    )
    .addColumn('part', 'bigint', (column) => column.notNull())
    .addColumn('content', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('lead_import_parts_key', ['import_id', 'part'])
    .execute()
  await db.schema
    .createTable('lead_import_faults')
    .addColumn('import_id', 'bigint', (column) =>
      column.notNull().references('lead_imports.id').onDelete('cascade'),
    )
    .addColumn('line', 'bigint', (column) => column.notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('lead_import_faults_key', ['import_id', 'line'])
    .execute()

  await db.schema
    .createTable('do_not_call')
    .addColumn('number', text, (column) => column.primaryKey().notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('added_at', 'bigint', (column) => column.notNull())
    .execute()
}
