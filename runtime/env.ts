import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { memberErrorsOf } from './validation-message.ts'

export type Env = Record<string, string | undefined>

/** Invalid settings: the message lists every error and contains no value. */
export class SettingsError extends Error {
  override name = 'SettingsError'
}

/** Settings that are paths themselves: their files change while we run, or name other files. */
const PATH_SETTINGS = [
  'HOOKSWITCH_TLS_CERT_FILE',
  'HOOKSWITCH_TLS_KEY_FILE',
  'HOOKSWITCH_DIRECTORIES_FILE',
  'HOOKSWITCH_PROVIDERS_FILE',
]

/**
 * Reads settings from the environment. The keys of the schema are the names of the variables. `NAME_FILE` may name a file
 * that contains the value of `NAME`, for secrets; an empty value counts as unset.
 * @throws {SettingsError} with all errors
 */
export function readEnv<T extends z.ZodType>(schema: T, env: Env = process.env): z.output<T> {
  const values: Env = {}
  const errors: string[] = []
  for (const [name, value] of Object.entries(env)) if (value !== '') values[name] = value
  for (const [name, path] of Object.entries(values)) {
    const target = name.slice(0, -'_FILE'.length)
    if (!name.endsWith('_FILE') || path === undefined || !isOwnVariable(target)) continue
    if (PATH_SETTINGS.includes(name)) continue
    if (values[target] !== undefined) {
      errors.push(`both ${target} and ${name} are set: keep one`)
      continue
    }
    try {
      values[target] = readFileSync(path, 'utf8').trim()
    } catch {
      // Does not show the path: the value may be the secret itself, by mistake.
      errors.push(`${name}: the file it names cannot be read`)
    }
  }
  const result = schema.safeParse(values)
  if (result.success && errors.length === 0) return result.data
  for (const { member, message } of result.error?.issues.flatMap(memberErrorsOf) ?? []) {
    // If its file cannot be read, that error is listed above.
    if (!errors.some((error) => error.includes(`${member}_FILE`))) {
      errors.push(`${member || 'settings'}: ${message}`)
    }
  }
  throw new SettingsError(errors.join('; '))
}

const isOwnVariable = (name: string) =>
  name.startsWith('HOOKSWITCH_') || name === 'REDIS_URL' || name === 'DATABASE_URL'

/** Parses a whole number of `unit`s. */
export const wholeNumber = (unit: string, min: number, max: number) =>
  z.coerce
    .number(`must be a whole number of ${unit}`)
    .int(`must be a whole number of ${unit}`)
    .min(min, `must be ${min} ${unit} or more`)
    .max(max, `must be ${max} ${unit} or less`)

/** Parses a boolean; false by default. */
export const booleanFlag = () =>
  z
    .enum(['true', 'false', '1', '0'], 'must be true or false')
    .default('false')
    .transform((text) => text === 'true' || text === '1')

/** Parses a list with commas; trims its items and skips empty ones. */
export const commaSeparated = () =>
  z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((one) => one.trim())
        .filter((one) => one !== ''),
    )
