import type { FoundEntry, LdapDirectory } from '../../api/core/auth/ldap/directory.ts'
import { Refusal } from '../../api/core/refusal.ts'
import { errorSummary } from '../../api/core/values/error-summary.ts'
import { parseArguments } from '../arguments.ts'
import { type Command, CommandError, unknownVerb } from './command.ts'
import { withAdminContext } from './context.ts'
import type { AdminContext } from './services.ts'

/** `directories check`. */
export const directoriesCommand: Command = {
  help: `\
  directories check [--user <login>]
                                connects to each directory of HOOKSWITCH_DIRECTORIES_FILE as its service account;
                                with --user shows the person as an account would have them, and their role`,
  verbs: ['check'],
  run,
}

async function run(args: string[]): Promise<void> {
  const { values: flags, positionals } = parseArguments({
    args,
    allowPositionals: true,
    options: { user: { type: 'string' } },
  })
  const [verb] = positionals
  if (verb !== 'check') throw unknownVerb('directories', verb, directoriesCommand.verbs)
  await withAdminContext(async (context) => {
    const directories = context.loadDirectories()
    if (directories.length === 0)
      throw new CommandError('there are no directories: see HOOKSWITCH_DIRECTORIES_FILE')
    const failed: string[] = []
    for (const directory of directories) {
      try {
        console.log(await describeDirectory(context, directory, flags.user))
      } catch (err) {
        if (!(err instanceof Refusal)) throw err
        failed.push(directory.source)
        console.log(`${directory.source}: cannot be asked: ${errorSummary(err.cause ?? err)}`)
      }
    }
    if (failed.length > 0) throw new CommandError(`${failed.join(', ')} cannot be asked`)
  })
}

async function describeDirectory(
  context: AdminContext,
  directory: LdapDirectory,
  login: string | undefined,
): Promise<string> {
  const { source } = directory
  // A search in any case: a wrong base fails here and not at a login.
  const found = await directory.ask((session) => session.findByLogin(login ?? 'hookswitch-directories-check'))
  if (login === undefined) return `${source}: answers`
  return [`${source}: ${await describeFound(context, directory, found)}`, ...linesOf(found)].join('\n')
}

async function describeFound(
  { users }: AdminContext,
  { source, createsAccounts }: LdapDirectory,
  found: FoundEntry,
): Promise<string> {
  if (found.is === 'none') return 'no such person'
  if (found.is === 'several') return 'several entries have this login: refused'
  if (found.is === 'incomplete') return 'the entry has no unique id, or several, or no username: refused'
  const { entry } = found
  if (entry.barred !== undefined) return `refused: ${entry.barred.replaceAll('_', ' ')}`
  const own = await users.findBySource(source, entry.sourceId)
  if (own !== undefined) return `has the account ${own.username}${own.disabled ? ', which is disabled' : ''}`
  for (const name of [entry.username, entry.email, entry.extension]) {
    const other = name === null ? undefined : await users.findByLogin(name)
    if (other !== undefined) return `refused: the account ${other.username} has the name ${name} already`
  }
  return createsAccounts ? 'gets an account at the first sign-in' : 'has no account, and gets none'
}

function linesOf(found: FoundEntry): string[] {
  if (found.is !== 'one') return []
  const { dn, sourceId, username, email, displayName, extension, role } = found.entry
  const lines = { dn, id: sourceId, username, email, 'display name': displayName, extension, role }
  // The directory chose the texts: they must not move the cursor.
  return Object.entries(lines).map(
    ([name, value]) => `  ${name.padEnd(13)}${(value ?? '-').replace(/\p{C}/gu, '?')}`,
  )
}
