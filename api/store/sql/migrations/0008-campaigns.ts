import { type Kysely, sql } from 'kysely'
import { withId } from './identity.ts'

/** Campaigns, who works in them, and the calls of leads. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await withId(db, db.schema.createTable('campaigns'))
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('description', 'text')
    .addColumn('team', 'text')
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('dialer_mode', 'text', (column) => column.notNull())
    // How it dials: numbers, hours, pauses and bounds, as one JSON object that the core reads.
    .addColumn('rules_json', 'text', (column) => column.notNull())
    .addColumn('automation', 'bigint', (column) => column.notNull())
    .addColumn('automation_note', 'text')
    // Ended by a person, and not by its list: for good.
    .addColumn('stopped', 'bigint', (column) => column.notNull())
    .addColumn('version', 'bigint', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .execute()
  await sql`create index campaigns_team on campaigns (team, id)`.execute(db)
  // Few of many are automatic.
  await sql`create index campaigns_automation on campaigns (id) where automation = 1`.execute(db)

  // For the progress of campaigns, from the index alone.
  await sql`create index leads_progress on leads (campaign_id, dial_state, last_outcome, attempts)`.execute(
    db,
  )

  await db.schema
    .createTable('campaign_agents')
    .addColumn('campaign_id', 'bigint', (column) =>
      column.notNull().references('campaigns.id').onDelete('cascade'),
    )
    .addColumn('agent_id', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('campaign_agents_key', ['campaign_id', 'agent_id'])
    .execute()
  await sql`create index campaign_agents_agent on campaign_agents (agent_id)`.execute(db)

  // The agent and lead of each call; its result is in `dialled_calls` and `calls`.
  await withId(db, db.schema.createTable('desk_calls'))
    .addColumn('call_id', 'text', (column) => column.notNull().unique())
    .addColumn('agent_id', 'bigint', (column) => column.notNull())
    .addColumn('lead_id', 'bigint')
    .addColumn('campaign_id', 'bigint')
    .addColumn('number', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('outcome', 'text')
    .execute()
  await sql`create index desk_calls_time on desk_calls (created_at)`.execute(db)
  await sql`create index desk_calls_agent on desk_calls (agent_id, created_at)`.execute(db)
  await sql`create index desk_calls_lead on desk_calls (lead_id, created_at)`.execute(db)
  await sql`create index desk_calls_campaign on desk_calls (campaign_id, created_at)`.execute(db)
}
