import { type CreateTableBuilder, type Kysely, PostgresAdapter } from 'kysely'

/** Adds `id`, which rises with each row and is never reused, not even after a row is deleted. */
export function withId<Columns extends string>(
  db: Kysely<unknown>,
  table: CreateTableBuilder<'', Columns> | CreateTableBuilder<string, Columns>,
) {
  return db.getExecutor().adapter instanceof PostgresAdapter
    ? table.addColumn('id', 'bigint', (id) => id.primaryKey().generatedAlwaysAsIdentity())
    : table.addColumn('id', 'integer', (id) => id.primaryKey().autoIncrement())
}
