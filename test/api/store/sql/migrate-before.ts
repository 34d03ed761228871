import { migrate, migrations } from '../../../../api/store/sql/migrate.ts'

/** Migrates an empty database as far as a release did that did not have the migration `name` yet. */
export async function migrateBefore(url: string, name: string): Promise<void> {
  await migrate(url, Object.fromEntries(Object.entries(migrations).filter(([each]) => each < name)))
}
