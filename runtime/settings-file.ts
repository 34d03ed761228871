import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { z } from 'zod'
import { SettingsError } from './env.ts'
import { validationMessage } from './validation-message.ts'

/** The content of a settings file, and the files that it names. */
export interface SettingsFile<T> {
  data: T
  /** @param why follows the path of the settings file: no value, since it may be a secret */
  error(why: string): SettingsError
  /**
   * Reads a file beside it; a relative path begins at its folder. As for any `_FILE` setting, the text is taken without
   * blanks around it, and its mode is not looked at: secrets of containers are readable by all in there.
   * @throws {SettingsError} if it cannot be read, or is empty
   */
  readNamed(file: string): string
}

/**
 * Reads a file of JSON that a setting names.
 * @throws {SettingsError} with every error and its place, and no value
 */
export function readSettingsFile<T extends z.ZodType>(
  setting: string,
  path: string,
  schema: T,
): SettingsFile<z.output<T>> {
  const error = (why: string) => new SettingsError(`${setting}: ${path} ${why}`)
  const read = (file: string, why: string) => {
    try {
      return readFileSync(file, 'utf8')
    } catch {
      throw error(why)
    }
  }
  const text = read(path, 'cannot be read')
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    // The message of the parser quotes the text.
    throw error('is no JSON')
  }
  const file = schema.safeParse(json)
  if (!file.success)
    throw error(`is wrong: ${validationMessage(file.error, { subject: 'the file', maxLength: 5_000 })}`)
  return {
    data: file.data,
    error,
    readNamed(name) {
      const named = read(resolve(dirname(path), name), `names ${name}, which cannot be read`).trim()
      if (named === '') throw error(`names ${name}, which is empty`)
      return named
    },
  }
}
