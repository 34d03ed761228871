import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { SettingsError } from '../../runtime/env.ts'
import { validationMessage } from '../../runtime/validation-message.ts'
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
  const settingsError = (why: string) => new SettingsError(`HOOKSWITCH_DIRECTORIES_FILE: ${path} ${why}`)
  const read = (file: string, what: string) => {
    try {
      return readFileSync(resolve(dirname(path), file), 'utf8')
    } catch {
      throw settingsError(`names a ${what} that cannot be read: ${file}`)
    }
  }

  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    throw settingsError('cannot be read')
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    // The message of the parser quotes the text.
    throw settingsError('is no JSON')
  }
  const file = DirectoriesFile.safeParse(json)
  if (!file.success)
    throw settingsError(
      `is wrong: ${validationMessage(file.error, { subject: 'the file', maxLength: 5_000 })}`,
    )
  return {
    checkMinutes: file.data.check_minutes,
    directories: file.data.directories.map((settings) => {
      const { ca_file: caFile, bind_password_file: passwordFile } = settings
      const ca = caFile === undefined ? undefined : read(caFile, 'ca_file')
      const bindPassword =
        passwordFile === undefined
          ? undefined
          : read(passwordFile, 'bind_password_file').replace(/\r?\n$/, '')
      if (bindPassword === '') throw settingsError(`names an empty bind_password_file: ${passwordFile}`)
      if (ca !== undefined && !ca.includes('-----BEGIN CERTIFICATE-----'))
        throw settingsError(`names a ca_file without a PEM certificate: ${caFile}`)
      return { settings, ca, bindPassword }
    }),
  }
}
