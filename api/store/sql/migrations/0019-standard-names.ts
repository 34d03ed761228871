import { type Kysely, PostgresAdapter, sql } from 'kysely'

/**
 * Renames tables, their indexes and the states of extensions and WebRTC credentials to standard terms. Columns keep
 * their names. The indexes are made anew, since SQLite cannot rename one.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const name of OLD_INDEXES) await db.schema.dropIndex(name).execute()
  for (const [before, after] of TABLES) await db.schema.alterTable(before).renameTo(after).execute()
  // PostgreSQL leaves the names that it made up itself; SQLite derives them anew.
  if (db.getExecutor().adapter instanceof PostgresAdapter) await renameConstraints(db)

  await sql`update extensions set state = case state when 'providing' then 'provisioning'
    when 'removing' then 'deprovisioning' when 'resting' then 'quarantined' else 'external' end
    where state <> 'ready'`.execute(db)
  await sql`update webrtc_credentials set state = case state when 'lending' then 'issuing'
    when 'lent' then 'active' else 'revoking' end`.execute(db)

  for (const index of NEW_INDEXES) await sql`create ${sql.raw(index)}`.execute(db)
}

const TABLES = [
  ['desk_calls', 'agent_calls'],
  ['dialled_calls', 'placed_calls'],
  ['mails', 'mail_queue'],
  ['sip_loans', 'webrtc_credentials'],
] as const

const OLD_INDEXES = [
  'desk_calls_time',
  'desk_calls_agent',
  'desk_calls_lead',
  'desk_calls_campaign',
  'dialled_waiting',
  'dialled_time',
  'mails_due',
  'sip_loans_extension',
  'sip_loans_end',
  'sip_loans_motion',
  'extensions_due',
]

const NEW_INDEXES = [
  'index agent_calls_time on agent_calls (created_at)',
  'index agent_calls_agent on agent_calls (agent_id, created_at)',
  'index agent_calls_lead on agent_calls (lead_id, created_at)',
  'index agent_calls_campaign on agent_calls (campaign_id, created_at)',
  'index placed_calls_pending on placed_calls (created_at) where outcome is null',
  'index placed_calls_time on placed_calls (created_at) where outcome is not null',
  'index mail_queue_due on mail_queue (next_try_at, id)',
  'index webrtc_credentials_extension on webrtc_credentials (extension)',
  'index webrtc_credentials_expiry on webrtc_credentials (expires_at)',
  // Per extension at most one is being issued or revoked: the PBX keeps all of an extension in one list.
  "unique index webrtc_credentials_transition on webrtc_credentials (extension) where state <> 'active'",
  "index extensions_due on extensions (next_try_at) where state in ('provisioning', 'deprovisioning')",
]

async function renameConstraints(db: Kysely<unknown>): Promise<void> {
  for (const [before, after] of TABLES) {
    await sql`alter index ${sql.ref(`${before}_pkey`)} rename to ${sql.ref(`${after}_pkey`)}`.execute(db)
  }
  await sql`alter index desk_calls_call_id_key rename to agent_calls_call_id_key`.execute(db)
  await sql`alter sequence desk_calls_id_seq rename to agent_calls_id_seq`.execute(db)
  await sql`alter sequence mails_id_seq rename to mail_queue_id_seq`.execute(db)
}
