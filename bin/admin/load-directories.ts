import { readDirectoriesFile } from '../../api/config/directories-file.ts'
import type { Directory } from '../../api/core/auth/ldap/directory.ts'
import { createLdapDirectory } from '../../api/ldap/ldap-directory.ts'

/** @throws {SettingsError} */
export const loadDirectories = (path: string | undefined): Directory[] =>
  // A failure reaches the person at the command line as the cause of a refusal.
  readDirectoriesFile(path).directories.map((one) => createLdapDirectory({ ...one, onFailure: () => {} }))
