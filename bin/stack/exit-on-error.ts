import { NewerDatabaseError } from '../../api/store/sql/migrate.ts'
import { SettingsError } from '../../runtime/env.ts'
import { SecretFileError } from '../../runtime/secret-file.ts'
import { EXIT_CONFIG } from '../../runtime/shutdown.ts'
import { UsageError } from '../arguments.ts'
import { SetupError } from '../system/setup-error.ts'

/**
 * Ends this process: one line for what a person can mend, and a stack for what is a fault of ours.
 * @param name of this program, before that line
 */
export const exitOnError = (name: string) => (err: unknown) => {
  const isUsage = err instanceof UsageError
  const isConfig = err instanceof NewerDatabaseError || err instanceof SettingsError
  const isKnown = isUsage || isConfig || err instanceof SetupError || err instanceof SecretFileError
  console.error(isKnown ? `${name}: ${err.message}` : err)
  process.exit(isConfig ? EXIT_CONFIG : isUsage ? 2 : 1)
}
