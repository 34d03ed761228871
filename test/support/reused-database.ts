import { queryOnce } from './postgres.ts'

/** A database of PostgreSQL as its migrations leave it. */
export interface EmptyDatabase {
  name: string
  /** Of all columns, indexes and triggers. */
  schemaHash: string
  sizeBytes: number
  /** What the migrations insert: rows as JSON, by table. */
  rows: Record<string, unknown[]>
}

/** The tables of the product, without those of the migrator. */
const TABLES = `select tablename from pg_tables where schemaname = 'public' and tablename not like 'kysely%'`

const DESCRIPTION = `select
  (select md5(string_agg(entry, '|' order by entry)) from (
    select format('%s.%s %s %s', attrelid::regclass, attname, atttypid, attnotnull) as entry
      from pg_attribute join pg_class on pg_class.oid = attrelid
      where relnamespace = 'public'::regnamespace and attnum > 0
    union all select indexdef from pg_indexes where schemaname = 'public'
    union all select tgname from pg_trigger where not tgisinternal
  ) as entries) as "schemaHash",
  pg_database_size(current_database())::float8 as "sizeBytes"`

/** @param url of a database that no test has used */
export async function describeDatabase(url: string): Promise<EmptyDatabase> {
  const { rows: found } = await queryOnce(url, TABLES)
  const rows: EmptyDatabase['rows'] = {}
  for (const { tablename } of found) {
    const { rows: all } = await queryOnce(url, `select * from "${tablename}"`)
    if (all.length > 0) rows[tablename] = all
  }
  const [description] = (await queryOnce(url, DESCRIPTION)).rows
  return { name: new URL(url).pathname.slice(1), ...description, rows }
}

/** A database that grew by more than this has pages that make later tests slower. */
const MAX_GROWTH_BYTES = 2_000_000

/**
 * Empties a database that a test has used, for another test: it takes a tenth of the time of a new one.
 * @returns false if the test has changed the schema, or filled it, so that it is not worth it
 */
export async function emptyDatabase(url: string, template: EmptyDatabase): Promise<boolean> {
  const inserts = Object.entries(template.rows).map(
    ([table, rows]) =>
      `insert into "${table}" select * from json_populate_recordset(null::"${table}", ${quote(JSON.stringify(rows))});`,
  )
  const [state] = (await queryOnce(url, DESCRIPTION)).rows as [
    Pick<EmptyDatabase, 'schemaHash' | 'sizeBytes'>,
  ]
  if (state.schemaHash !== template.schemaHash) return false
  if (state.sizeBytes > template.sizeBytes + MAX_GROWTH_BYTES) return false
  // Without triggers, so that the order of the tables does not matter.
  await queryOnce(
    url,
    `set session_replication_role = replica;
    do $$ declare name text; begin
      for name in ${TABLES} loop execute format('delete from %I', name); end loop;
    end $$;
    select setval(oid::regclass, 1, false) from pg_class
      where relkind = 'S' and relnamespace = 'public'::regnamespace;
    ${inserts.join('\n')}`,
  )
  return true
}

const quote = (text: string) => `'${text.replaceAll("'", "''")}'`
