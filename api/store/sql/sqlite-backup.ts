import { sql } from 'kysely'
import { toUnixSeconds } from '../../../runtime/time.ts'
import { createSessionStore } from './auth/sessions.ts'
import { createUserStore } from './auth/users.ts'
import { type Database, openDatabase } from './database.ts'
import { migrate } from './migrate.ts'

/** A copy that cannot be read completely. */
export class DamagedDatabaseError extends Error {
  override name = 'DamagedDatabaseError'
}

/**
 * Copies an embedded database that is in use, with everything that is committed, also in its -wal file. It does not
 * migrate the copy, and the version of the database does not matter.
 *
 * @param database an absolute path
 * @param to a path without a file
 * @throws {Refusal} `unavailable`
 */
export async function backUpSqlite(database: string, to: string): Promise<void> {
  const db = await openDatabase(`sqlite:${database}`, { timeoutMs: 60_000 })
  try {
    // One read transaction: it blocks no writer, and no writer blocks it.
    await sql`vacuum into ${to}`.execute(db.query)
  } finally {
    await db.close()
  }
}

/**
 * Checks and migrates a copy, so that it can replace a database.
 *
 * @param database an absolute path
 * @param about unless `keepSessions`, every token issued before is refused
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
    // Moves everything into the main file.
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
  await db.query
    .updateTable('service_tokens')
    .set({ revoked_at: nowS })
    .where('revoked_at', 'is', null)
    .execute()
  // The copy lacks later sessions. Without the old epoch an API that starts with an empty Redis refuses every token issued
  // until then; a Redis that kept its data knows all revocations.
  await db.query.updateTable('log_state').set({ epoch: null }).execute()
}
