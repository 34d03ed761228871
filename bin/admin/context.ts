import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { defaultDatabaseUrl } from '../../api/config/config.ts'
import { createSecurityEventRecorder } from '../../api/core/auth/security-events.ts'
import { joinSecurityLogs } from '../../api/core/auth/security-log.ts'
import { Refusal } from '../../api/core/refusal.ts'
import { createSecurityLog } from '../../api/store/files/security-log.ts'
import { createSecurityEventStore } from '../../api/store/sql/auth/security-events.ts'
import { openDatabase } from '../../api/store/sql/database.ts'
import { migrate } from '../../api/store/sql/migrate.ts'
import { readEnv } from '../../runtime/env.ts'
import { CommandError } from './command.ts'
import { describeRefusal } from './describe-refusal.ts'
import { type AdminContext, AdminSettings, createAdminContext } from './services.ts'

/**
 * Opens the database for one command. Revocations are stored in SQL, and a running API
 * publishes them within a second; without a running API no process admits a client.
 */
export async function withAdminContext(work: (context: AdminContext) => Promise<void>): Promise<void> {
  const settings = readEnv(AdminSettings)
  const url = settings.DATABASE_URL ?? defaultDatabaseUrl(resolve(settings.HOOKSWITCH_DATA))
  const isNew = url.startsWith('sqlite:') && !existsSync(url.slice('sqlite:'.length))
  try {
    await migrate(url)
    // From a folder, or with settings, other than the running one's.
    if (isNew) console.error(`hookswitch: there was no database; made ${url.slice('sqlite:'.length)}`)
    const db = await openDatabase(url)
    try {
      const warn = (err: unknown) =>
        console.error(
          `hookswitch: the security log cannot be written: ${err instanceof Error ? err.message : err}`,
        )
      const file = createSecurityLog(join(resolve(settings.HOOKSWITCH_DATA), 'log', 'security.log'), warn)
      const recorder = createSecurityEventRecorder({
        store: createSecurityEventStore(db),
        now: Date.now,
        onDropped: (dropped) => warn(`${dropped} events were left out of SQL`),
      })
      await work(createAdminContext(db, joinSecurityLogs(file, recorder), settings)).finally(() =>
        recorder.flush().catch(warn),
      )
    } finally {
      await db.close()
    }
  } catch (err) {
    throw err instanceof Refusal ? new CommandError(describeRefusal(err)) : err
  }
}
