import type { Kysely } from 'kysely'

/** The session at an identity provider through which a session was opened, and accounts that are linked with a person there. */
export async function up(db: Kysely<unknown>): Promise<void> {
  for (const column of ['provider_id', 'provider_subject', 'provider_session_id'])
    await db.schema.alterTable('sessions').addColumn(column, 'text').execute()
  await db.schema
    .createIndex('sessions_provider')
    .on('sessions')
    .columns(['provider_id', 'provider_subject'])
    .execute()
  await db.schema
    .createTable('provider_identities')
    .addColumn('provider_id', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('user_id', 'bigint', (column) => column.notNull().references('users.id').onDelete('cascade'))
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('provider_identities_key', ['provider_id', 'subject'])
    // An account is one person of a provider.
    .addUniqueConstraint('provider_identities_user', ['provider_id', 'user_id'])
    .execute()
}
