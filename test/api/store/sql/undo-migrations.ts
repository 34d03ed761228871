import { sql } from 'kysely'
import type { Database } from '../../../../api/store/sql/database.ts'

/** Undoes what migrations from 0014 on have made, and forgets that migrations from `name` on ran. */
export async function undoMigrations(db: Database, name: string): Promise<void> {
  await sql`drop index dialled_time`.execute(db.query)
  await sql`drop index users_revision`.execute(db.query)
  await sql`alter table users drop column revision`.execute(db.query)
  await sql`alter table extensions drop column former_user_id`.execute(db.query)
  await sql`alter table calls drop column recordings`.execute(db.query)
  await sql`drop table lead_import_odd_cells`.execute(db.query)
  await sql`alter table lead_import_faults drop column column_name`.execute(db.query)
  await sql`drop table account_names`.execute(db.query)
  await sql`delete from kysely_migration where name >= ${name}`.execute(db.query)
}
