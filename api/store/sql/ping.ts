import { sql } from 'kysely'
import type { Database } from './database.ts'

/** Whether the database answers; never throws. */
export const isSqlResponding = ({ query }: Pick<Database, 'query'>): Promise<boolean> =>
  sql`select 1`.execute(query).then(
    () => true,
    () => false,
  )
