import { type Kysely, sql } from 'kysely'

/** Sessions with rotating refresh secrets, remembered sessions, and lists of sessions by user. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const sessions = () => db.schema.alterTable('sessions')
  await sessions()
    .addColumn('remember', 'bigint', (column) => column.notNull().defaultTo(0))
    .execute()
  await sessions()
    .addColumn('generation', 'bigint', (column) => column.notNull().defaultTo(0))
    .execute()
  await sql`update sessions set generation = (select generation from users where users.id = user_id)`.execute(
    db,
  )
  // Until its first refresh an existing session has no idle timeout.
  await sessions()
    .addColumn('idle_expires_at', 'bigint', (column) => column.notNull().defaultTo(0))
    .execute()
  await sql`update sessions set idle_expires_at = expires_at`.execute(db)
  await sessions().addColumn('refresh_number', 'bigint').execute()
  await sessions().addColumn('refresh_hash', 'text').execute()
  await sql`create index sessions_user on sessions (user_id, created_at) where ended_at is null`.execute(db)
}
