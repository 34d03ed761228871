import { didYouMean, UsageError } from '../arguments.ts'
import { tokenCommand } from '../token/command.ts'
import { backupCommand, restoreCommand } from './backup.ts'
import { type Command, unknownVerb } from './command.ts'
import { directoriesCommand } from './directories.ts'
import { doNotCallCommand } from './do-not-call.ts'
import { historyCommand } from './history.ts'
import { invitationsCommand } from './invitations.ts'
import { keysCommand } from './keys.ts'
import { provisioningCommand } from './provisioning.ts'
import { serviceTokensCommand } from './service-tokens.ts'
import { sessionsCommand } from './sessions.ts'
import { usersCommand } from './users.ts'
import { webhooksCommand } from './webhooks.ts'

/** What `hookswitch` knows, in the order of its help. */
export const commandNames = (): string[] => [...Object.keys(COMMANDS), 'token']

/** Each command reads its own words and prints its own answer. */
const COMMANDS: Readonly<Record<string, Command>> = {
  keys: keysCommand,
  users: usersCommand,
  directories: directoriesCommand,
  sessions: sessionsCommand,
  'service-tokens': serviceTokensCommand,
  invitations: invitationsCommand,
  provisioning: provisioningCommand,
  dnc: doNotCallCommand,
  history: historyCommand,
  webhooks: webhooksCommand,
  backup: backupCommand,
  restore: restoreCommand,
}

const HELP = `Usage: bin/hookswitch.mjs <command>

${Object.values(COMMANDS)
  .map(({ help }) => help)
  .join('\n\n')}

  token [--help]                an access token of this or another MikoPBX REST API; has settings of its own

<command> --help shows one of them. Reads HOOKSWITCH_DATA, DATABASE_URL and the other settings of npm start. Every process
refuses what is ended here within a second, where an api runs. Exit codes: 0 done, 2 wrong usage or not possible as
asked, 78 wrong settings or a database of a newer version, 1 any other failure.`

/**
 * What `hookswitch` does with its words.
 * @throws {UsageError} in one line
 */
export async function runCommand([noun, ...args]: string[]): Promise<void> {
  if (noun === undefined || isHelp(noun)) return console.log(helpOf(args[0]) ?? HELP)
  if (noun === 'token') return await tokenCommand(args[0] === 'help' ? ['--help'] : args)
  const command = commandNamed(noun)
  if (command === undefined) {
    throw new UsageError(`unknown command: ${noun}${didYouMean(noun, commandNames())}; see --help`)
  }
  const ownArgs = args.includes('--') ? args.slice(0, args.indexOf('--')) : args
  if (args[0] === 'help' || ownArgs.some((word) => word === '--help' || word === '-h')) {
    return console.log(helpOf(noun))
  }
  const [verb] = args
  // Before a database is opened for it.
  if (command.verbs.length > 0 && (verb === undefined || !verb.startsWith('-'))) {
    if (verb === undefined || !command.verbs.includes(verb)) throw unknownVerb(noun, verb, command.verbs)
  }
  await command.run(args)
}

const isHelp = (arg: string) => arg === '--help' || arg === '-h' || arg === 'help'
const commandNamed = (noun: string) => (Object.hasOwn(COMMANDS, noun) ? COMMANDS[noun] : undefined)

function helpOf(noun: string | undefined): string | undefined {
  const command = noun === undefined ? undefined : commandNamed(noun)
  return command && `Usage: bin/hookswitch.mjs ${noun} …\n\n${command.help}`
}
