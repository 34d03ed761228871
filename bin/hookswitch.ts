import { runCommand } from './admin/commands.ts'
import { exitOnError } from './stack/exit-on-error.ts'

// `… | head` has read enough.
process.stdout.on('error', (err: NodeJS.ErrnoException) => process.exit(err.code === 'EPIPE' ? 0 : 1))

runCommand(process.argv.slice(2)).catch(exitOnError('hookswitch'))
