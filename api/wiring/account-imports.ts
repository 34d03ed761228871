import { readFileSync } from 'node:fs'
import { createIntervalJobs } from '../../runtime/interval-jobs.ts'
import { failureLogger, type Logger } from '../../runtime/log.ts'
import type { connectRedis } from '../../runtime/redis.ts'
import { toUnixSeconds } from '../../runtime/time.ts'
import type { Config } from '../config/config.ts'
import { createAccountImports } from '../core/account-imports/account-imports.ts'
import { createAccountSync } from '../core/account-imports/account-sync.ts'
import { newId } from '../core/auth/tokens.ts'
import type { DialPolicy } from '../core/dial-policy/dial-policy.ts'
import type { AccountImportRoutesNeeds } from '../http/v1/account-import-routes.ts'
import { createLease } from '../store/redis/lease.ts'
import { createAccountImportStore } from '../store/sql/account-imports/account-imports.ts'
import type { Database } from '../store/sql/database.ts'
import { createAccountSourceOpener } from './account-sources.ts'
import type { AuthModule } from './auth.ts'

export interface AccountImportModuleNeeds {
  config: Pick<Config, 'accountSources' | 'accountSync' | 'quarantine'>
  db: Database
  redis: ReturnType<typeof connectRedis>
  auth: Pick<AuthModule, 'accountAdmin' | 'securityLog'>
  policy: () => DialPolicy
  log: Logger
  now: () => number
  monotonic: () => number
}

export interface AccountImportModule {
  routes: Omit<AccountImportRoutesNeeds, 'guard'>
  open(): void
  close(): Promise<void>
}

/** How often a process looks whether an import is due. */
const TICK_MS = 5_000

/** Imports of people, by request and on a schedule. */
export function createAccountImportModule(needs: AccountImportModuleNeeds): AccountImportModule {
  const { config, db, redis, auth, policy, log, now, monotonic } = needs
  const logFailure = failureLogger(log)
  const imports = createAccountImports({
    store: createAccountImportStore(db, () => toUnixSeconds(now()), config.quarantine),
    ...{ accountAdmin: auth.accountAdmin, securityLog: auth.securityLog, policy, now },
  })
  const sources = createAccountSourceOpener(config.accountSources, { log, now })
  const schedule = config.accountSync
  const jobs = createIntervalJobs()
  let lease: ReturnType<typeof createLease> | undefined

  return {
    routes: { imports, sources, schedule },
    open() {
      if (schedule === undefined) return
      const { source, path } = schedule
      const ownLease = createLease({
        ...{ redis, name: 'account-sync', instance: newId(), monotonic },
        onFailure: logFailure('account_sync_lease', 'the lease of the account sync could not be requested'),
        onListenerError: logFailure.once('listener', 'a listener failed'),
      })
      lease = ownLease
      const sync = createAccountSync({
        ...{ imports, schedule, now },
        openSource: () => sources.open(source, path === undefined ? undefined : readFileSync(path, 'utf8')),
        isResponsible: () => ownLease.fence() !== undefined,
        onWithheld: (withheld) =>
          log.warn(
            { event: 'account_sync_withheld', source, withheld },
            'the source lists too few people, or could not be read completely: no missing user was disabled',
          ),
        onFailure: logFailure('account_sync', 'accounts could not be brought in step'),
      })
      jobs.start(TICK_MS, sync, logFailure('account_sync_tick', 'the account sync could not run'))
    },
    async close() {
      jobs.stop()
      await jobs.drained()
      await imports.drained()
      await lease?.close()
    },
  }
}
