import type { FoundEntry, LdapDirectory } from '../../api/core/auth/ldap/directory.ts'
import { checkDirectory } from '../../api/core/auth/ldap/directory-check.ts'
import { Refusal } from '../../api/core/refusal.ts'
import { errorSummary } from '../../api/core/values/error-summary.ts'
import { parseArguments } from '../arguments.ts'
import { type Command, CommandError, unknownVerb } from './command.ts'
import { withAdminContext } from './context.ts'
import { cannotBeAsked, requireDirectory } from './load-directories.ts'
import type { AdminContext } from './services.ts'

/** `directories check|apply`. */
export const directoriesCommand: Command = {
  help: `\
  directories check [--user <login>]
                                connects to each directory of HOOKSWITCH_DIRECTORIES_FILE as its service account;
                                with --user shows the person as an account would have them, and their role
  directories apply ldap:<directory> [--allow-mass-disable]
                                compares the accounts of a directory with their entries now, as the API does by
                                itself. If more than half of them, and three or more, would be disabled, it names
                                them and disables none; with --allow-mass-disable it disables them`,
  verbs: ['check', 'apply'],
  run,
}

async function run(args: string[]): Promise<void> {
  const { values: flags, positionals } = parseArguments({
    args,
    allowPositionals: true,
    options: { user: { type: 'string' }, 'allow-mass-disable': { type: 'boolean' } },
  })
  const [verb, source] = positionals
  if (verb === 'apply') {
    const allowMassDisable = flags['allow-mass-disable'] ?? false
    return withAdminContext((context) => applyDirectory(context, source, allowMassDisable))
  }
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

async function applyDirectory(
  context: AdminContext,
  source: string | undefined,
  allowMassDisable: boolean,
): Promise<void> {
  const directory = requireDirectory(context.loadDirectories(), source)
  const { users, accountAdmin, directoryAccounts: accounts } = context
  const onAccountFailure = (err: unknown, username: string) =>
    console.error(`hookswitch: ${username} was left as it is: ${errorSummary(err)}`)
  const needs = { directory, users, accounts, accountAdmin, onAccountFailure, allowMassDisable }
  const { withheld, enabled } = await checkDirectory(needs).catch((err) => {
    throw err instanceof Refusal ? cannotBeAsked(directory.source, err) : err
  })
  if (withheld.length === 0) return console.log(`${directory.source}: the accounts are as their entries`)
  throw new CommandError(
    `${withheld.length} of ${enabled} accounts would be disabled, and none was: ${withheld.join(', ')}. If these people are gone: --allow-mass-disable`,
  )
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
