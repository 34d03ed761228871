import { readDirectoriesFile } from '../../api/config/directories-file.ts'
import type { LdapDirectory } from '../../api/core/auth/ldap/directory.ts'
import type { AccountOrigin } from '../../api/core/auth/users.ts'
import { Refusal } from '../../api/core/refusal.ts'
import { errorSummary } from '../../api/core/values/error-summary.ts'
import { createLdapDirectory } from '../../api/ldap/ldap-directory.ts'
import { CommandError } from './command.ts'

/** @throws {SettingsError} */
export const loadDirectories = (path: string | undefined): LdapDirectory[] =>
  // A failure reaches the person at the command line as the cause of a refusal.
  readDirectoriesFile(path).directories.map((one) => createLdapDirectory({ ...one, onFailure: () => {} }))

/**
 * Finds the person of an account that is to be linked.
 * @returns the id as the directory spells it, which is how a sign-in finds the account
 * @throws {CommandError}
 */
export async function findDirectoryPerson(
  directories: readonly LdapDirectory[],
  source: string,
  sourceId: string | undefined,
): Promise<AccountOrigin> {
  const directory = directories.find((one) => one.source === source)
  if (directory === undefined)
    throw new CommandError(`no directory ${JSON.stringify(source)}; see directories check`)
  if (sourceId === undefined || sourceId === '')
    throw new CommandError('users link <name> ldap:<directory> <id>; see users --help')
  const found = await directory
    .ask((session) => session.findById(sourceId))
    .catch((err) => {
      throw err instanceof Refusal
        ? new CommandError(`${source} cannot be asked: ${errorSummary(err.cause ?? err)}`)
        : err
    })
  if (found.is !== 'one')
    throw new CommandError(`${source} has no person with this id; see directories check --user`)
  return { source, sourceId: found.entry.sourceId }
}
