import { sql } from 'kysely'
import { toUnixSeconds } from '../../../runtime/time.ts'
import { createSessionStore } from './auth/sessions.ts'
import { createUserStore } from './auth/users.ts'
import { type Database, openDatabase } from './database.ts'
import { migrate } from './migrate.ts'

/** A copy that cannot be read as a whole. */
export class DamagedDatabaseError extends Error {
  override name = 'DamagedDatabaseError'
}

/**
 * Writes a copy of an embedded database that is in use: all that is committed by now, also what is in its -wal file alone.
 * Neither migrates it nor cares which version has made it.
 *
 * @param database an absolute path
 * @param to where no file is
 * @throws {Refusal} `unavailable`
 */
export async function backUpSqlite(database: string, to: string): Promise<void> {
  const db = await openDatabase(`sqlite:${database}`, { timeoutMs: 60_000 })
  try {
    // One reading transaction: it waits for no writer, and no writer waits for it.
    await sql`vacuum into ${to}`.execute(db.query)
  } finally {
    await db.close()
  }
}

/**
 * Checks a copy and brings it up to date, so that it can take a database's place.
 *
 * @param database an absolute path
 * @param keepSessions without it, no token of before this moment is good any more
 * @throws {DamagedDatabaseError}
 * @throws {NewerDatabaseError}
 * @throws {Refusal} `unavailable`
 */
export async function prepareRestore(database: string, about: { keepSessions: boolean }): Promise<void> {
  const url = `sqlite:${database}`
  await migrate(url)
  const db = await openDatabase(url)
  try {
    const { rows } = await sql<{ quick_check: string }>`pragma quick_check`.execute(db.query)
    if (rows[0]?.quick_check !== 'ok')
      throw new DamagedDatabaseError('the database of this backup is damaged')
    if (!about.keepSessions) await endSessions(db)
    // Then one file is all there is of it.
    await sql`pragma wal_checkpoint(truncate)`.execute(db.query)
  } finally {
    await db.close()
  }
}

async function endSessions(db: Database): Promise<void> {
  const nowS = toUnixSeconds(Date.now())
  const sessions = createSessionStore(db)
  const users = createUserStore(db)
  for (let afterId: string | undefined; ; ) {
    const page = await users.list({ limit: 500, ...(afterId && { afterId }) })
    for (const { id } of page) await sessions.endAll(id, undefined, nowS, 'ended_by_admin')
    afterId = page.at(-1)?.id
    if (afterId === undefined) break
  }
  // Sessions of after the copy are not in it. Without an epoch of before, the api that starts on an empty Redis refuses
  // every token issued until then; a Redis of one's own that goes on knows all that was revoked.
  await db.query.updateTable('log_state').set({ epoch: null }).execute()
}
