import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { watchDialPolicyFile } from '../../api/config/dial-policy-file.ts'
import { createAccounts } from '../../api/core/auth/accounts.ts'
import { createPasswords } from '../../api/core/auth/password.ts'
import { createUserStore } from '../../api/store/sql/auth/users.ts'
import { openDatabase } from '../../api/store/sql/database.ts'
import { migrate, NewerDatabaseError } from '../../api/store/sql/migrate.ts'
import { SetupError } from '../system/setup-error.ts'
import { DEMO_ACCOUNTS } from './demo-data.ts'
import { adoptDemoExtensions } from './demo-extensions.ts'

/**
 * Brings the database up to date and makes sure that a user can log in.
 * @param phoneSecret the SIP password of the demo users' desk phones; undefined without an Asterisk of the demo
 * @returns the first admin's password, to be shown once
 * @throws {SetupError} when the database cannot be used
 * @throws {NewerDatabaseError}
 */
export async function seedUsers(
  data: string,
  databaseUrl: string,
  demo: boolean,
  phoneSecret?: string,
): Promise<string | undefined> {
  // Public passwords must not come along unnoticed when a demo grows up.
  const demoMarker = join(data, 'demo')
  if (!demo && existsSync(demoMarker)) {
    throw new SetupError(
      `${data} was made with --demo, and its passwords are public: start with --demo, or set HOOKSWITCH_DATA to another folder`,
    )
  }
  if (demo) writeFileSync(demoMarker, 'This folder holds users with public passwords.\n')

  try {
    await migrate(databaseUrl)
    const db = await openDatabase(databaseUrl)
    try {
      const passwords = createPasswords()
      const accounts = createAccounts({
        users: createUserStore(db),
        // The demo's passwords are public: no rule for what people choose applies.
        passwords: { hash: (password) => passwords.hash(password) },
        policy: watchDialPolicyFile(undefined, () => {}),
      })
      if (!demo) return await accounts.addFirstAdmin()
      await accounts.addMissing(DEMO_ACCOUNTS)
      if (phoneSecret !== undefined) {
        await adoptDemoExtensions(db, { data, secret: phoneSecret, now: Math.floor(Date.now() / 1000) })
      }
      return undefined
    } finally {
      await db.close()
    }
  } catch (err) {
    if (err instanceof NewerDatabaseError) throw err
    const cause = err instanceof Error ? (err.cause ?? err) : err
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new SetupError(`cannot use the database, see DATABASE_URL: ${why}`, err)
  }
}
