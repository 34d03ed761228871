import { createIntervalJobs } from '../../runtime/interval-jobs.ts'
import { failureLogger, type Logger } from '../../runtime/log.ts'
import type { connectRedis } from '../../runtime/redis.ts'
import { readDirectoriesFile } from '../config/directories-file.ts'
import type { AccountAdmin } from '../core/auth/account-admin.ts'
import type { DirectoryAccountsNeeds } from '../core/auth/ldap/directory-accounts.ts'
import { createDirectoryAccounts } from '../core/auth/ldap/directory-accounts.ts'
import { checkDirectory } from '../core/auth/ldap/directory-check.ts'
import { createDirectoryPasswords } from '../core/auth/ldap/directory-passwords.ts'
import type { Passwords } from '../core/auth/password.ts'
import { newId } from '../core/auth/tokens.ts'
import type { UserStore } from '../core/auth/users.ts'
import { createLdapDirectory } from '../ldap/ldap-directory.ts'
import { createLease } from '../store/redis/lease.ts'

export interface DirectoriesModuleNeeds extends Omit<DirectoryAccountsNeeds, 'users' | 'accountAdmin'> {
  /** Of the file; undefined: no directories. */
  path: string | undefined
  users: UserStore
  accountAdmin: AccountAdmin
  passwords: Pick<Passwords, 'verify'>
  redis: ReturnType<typeof connectRedis>
  log: Logger
  monotonic: () => number
}

/**
 * Joins what signs in the people of directories.
 * @returns undefined where there are none
 * @throws {SettingsError}
 */
export function createDirectoriesModule(needs: DirectoriesModuleNeeds) {
  const { path, users, accountAdmin, passwords, policy, securityLog, redis, log, monotonic } = needs
  const logFailure = failureLogger(log)
  const logOf = (directory: string) => log.child({ directory })
  const { checkMinutes, directories: configured } = readDirectoriesFile(path)
  if (configured.length === 0) return undefined
  const directories = configured.map((one) => {
    const directoryLog = logOf(one.settings.id)
    const onFailure = failureLogger(directoryLog)('directory_request', 'a directory cannot be asked')
    return createLdapDirectory({ ...one, onFailure })
  })
  const accounts = createDirectoryAccounts({ users, accountAdmin, policy, securityLog })
  const jobs = createIntervalJobs()
  const lease = createLease({
    redis,
    name: 'directories',
    instance: newId(),
    monotonic,
    onFailure: logFailure(
      'directory_lease_request',
      'the lease of the directory checks could not be requested',
    ),
    onListenerError: logFailure.once('listener', 'a listener failed'),
  })

  return {
    passwords: createDirectoryPasswords({ directories, users, accounts, passwords, securityLog }),
    /** Starts the checks of all accounts. */
    start() {
      for (const directory of directories) {
        const directoryLog = logOf(directory.id)
        const onAccountFailure = (err: unknown, username: string) =>
          directoryLog.warn(
            { event: 'directory_account_failed', username, err },
            'an account of a directory could not be updated',
          )
        let isWithheld = false
        const check = async () => {
          if (lease.fence() === undefined) return
          const { withheld, enabled } = await checkDirectory({
            ...{ directory, users, accounts, accountAdmin, onAccountFailure },
          })
          const wasWithheld = isWithheld
          isWithheld = withheld.length > 0
          if (!isWithheld || wasWithheld) return
          directoryLog.warn(
            { event: 'directory_disable_withheld', accounts: withheld.length, enabled },
            `most people are gone from the directory: no account was disabled. See what the service account may read; if they have left, run: hookswitch directories apply ${directory.source} --allow-mass-disable`,
          )
        }
        jobs.start(
          checkMinutes * 60_000,
          check,
          failureLogger(directoryLog)('directory_check', 'the accounts of a directory could not be checked'),
          { pauseFirst: true },
        )
      }
    },
    async close() {
      jobs.stop()
      await jobs.drained()
      await lease.close()
    },
  }
}
