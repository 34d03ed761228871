import { type Kysely, sql } from 'kysely'
import { withId } from './identity.ts'

/** Users, sessions, revocations, and the state of the Redis stream that distributes them. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await withId(db, db.schema.createTable('users'))
    .addColumn('username', 'text', (column) => column.notNull())
    .addColumn('username_folded', 'text', (column) => column.notNull().unique())
    .addColumn('extension', 'text', (column) => column.unique())
    .addColumn('role', 'text', (column) => column.notNull())
    .addColumn('password_hash', 'text', (column) => column.notNull())
    .addColumn('disabled', 'bigint', (column) => column.notNull())
    .addColumn('generation', 'bigint', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .execute()

  await db.schema
    .createTable('sessions')
    .addColumn('id', 'text', (column) => column.primaryKey().notNull())
    .addColumn('user_id', 'bigint', (column) => column.notNull().references('users.id'))
    .addColumn('surface', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('last_seen_at', 'bigint', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('address', 'text', (column) => column.notNull())
    .addColumn('user_agent', 'text', (column) => column.notNull())
    .addColumn('ended_at', 'bigint')
    .addColumn('end_reason', 'text')
    .execute()

  await withId(db, db.schema.createTable('revocations'))
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('generation', 'bigint', (column) => column.notNull())
    .addColumn('until_s', 'bigint', (column) => column.notNull())
    .addColumn('announced', 'bigint', (column) => column.notNull())
    .execute()
  // Nearly all rows are published: this index holds the few that are not.
  await sql`create index revocations_waiting on revocations (id) where announced = 0`.execute(db)
  await sql`create index revocations_until on revocations (until_s)`.execute(db)

  await db.schema
    .createTable('log_state')
    .addColumn('id', 'bigint', (column) => column.primaryKey().notNull().check(sql`id = 1`))
    .addColumn('epoch', 'text')
    .addColumn('cutoff', 'bigint', (column) => column.notNull())
    .addColumn('stream_ms', 'bigint', (column) => column.notNull())
    .addColumn('stream_seq', 'bigint', (column) => column.notNull())
    .execute()
  await sql`insert into log_state (id, cutoff, stream_ms, stream_seq) values (1, 0, 0, 0)`.execute(db)
}
