import { readSettingsFile } from '../../runtime/settings-file.ts'
import { DirectoriesFile, type DirectorySettings } from '../core/auth/ldap/directories-file.ts'

/** A directory with the contents of the files that its settings name. */
export interface ConfiguredDirectory {
  settings: DirectorySettings
  ca: string | undefined
  bindPassword: string | undefined
}

export interface DirectoriesConfig {
  checkMinutes: number
  directories: ConfiguredDirectory[]
}

/**
 * Reads the file of the directories. Relative paths in it begin at its folder.
 * @param path undefined: no directories
 * @throws {SettingsError} with every error and its place, and no value
 */
export function readDirectoriesFile(path: string | undefined): DirectoriesConfig {
  if (path === undefined) return { checkMinutes: 15, directories: [] }
  const file = readSettingsFile('HOOKSWITCH_DIRECTORIES_FILE', path, DirectoriesFile)
  const contentOf = (name: string | undefined) => (name === undefined ? undefined : file.readNamed(name))
  return {
    checkMinutes: file.data.check_minutes,
    directories: file.data.directories.map((settings) => {
      const ca = contentOf(settings.ca_file)
      if (ca !== undefined && !ca.includes('-----BEGIN CERTIFICATE-----'))
        throw file.error(`names ${settings.ca_file}, which is no PEM certificate`)
      return { settings, ca, bindPassword: contentOf(settings.bind_password_file) }
    }),
  }
}
