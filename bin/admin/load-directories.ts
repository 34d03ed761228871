import { readDirectoriesFile } from '../../api/config/directories-file.ts'
import { readProvidersFile } from '../../api/config/providers.ts'
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

/** @throws {CommandError} */
export function requireDirectory(
  directories: readonly LdapDirectory[],
  source: string | undefined,
): LdapDirectory {
  const directory = directories.find((one) => one.source === source)
  if (directory !== undefined) return directory
  const known = directories.map((one) => one.source).join(', ')
  throw new CommandError(
    `no directory ${JSON.stringify(source ?? '')}; HOOKSWITCH_DIRECTORIES_FILE has ${known || 'none'}`,
  )
}

export const cannotBeAsked = (source: string, err: Refusal) =>
  new CommandError(`${source} cannot be asked: ${errorSummary(err.cause ?? err)}`)

/**
 * @returns the provider of `oidc:<id>`; undefined for another source
 * @throws {CommandError} if the file has no such provider @throws {SettingsError}
 */
export function requireProvider(path: string | undefined, source: string): string | undefined {
  const id = providerOf(source)
  if (id === undefined) return undefined
  const known = readProvidersFile(path).map((one) => one.id)
  if (known.includes(id)) return id
  const list = known.map((one) => `oidc:${one}`).join(', ')
  throw new CommandError(
    `no provider ${JSON.stringify(source)}; HOOKSWITCH_PROVIDERS_FILE has ${list || 'none'}`,
  )
}

/** The id of `oidc:<id>`; undefined for another source. */
export const providerOf = (source: string | undefined) => /^oidc:(.*)$/.exec(source ?? '')?.[1]

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
  const directory = requireDirectory(directories, source)
  if (sourceId === undefined || sourceId === '')
    throw new CommandError('users link <name> ldap:<directory> <id>; see users --help')
  const found = await directory
    .ask((session) => session.findById(sourceId))
    .catch((err) => {
      throw err instanceof Refusal ? cannotBeAsked(source, err) : err
    })
  if (found.is !== 'one')
    throw new CommandError(`${source} has no person with this id; see directories check --user`)
  return { source, sourceId: found.entry.sourceId }
}
