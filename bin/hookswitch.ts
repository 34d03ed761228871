import { NewerDatabaseError } from '../api/store/sql/migrate.ts'
import { SettingsError } from '../contract/env.ts'
import { EXIT_CONFIG } from '../contract/life.ts'
import { runCommand } from './admin/commands.ts'
import { UsageError } from './words.ts'

// `… | head` has read enough.
process.stdout.on('error', (err: NodeJS.ErrnoException) => process.exit(err.code === 'EPIPE' ? 0 : 1))

runCommand(process.argv.slice(2)).catch((err) => {
  const isNewer = err instanceof NewerDatabaseError
  const isUsage = err instanceof UsageError || err instanceof SettingsError
  console.error(isUsage || isNewer ? `hookswitch: ${err.message}` : err)
  process.exit(isNewer ? EXIT_CONFIG : isUsage ? 2 : 1)
})
