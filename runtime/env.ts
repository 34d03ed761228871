import { readFileSync } from 'node:fs'
import { z } from 'zod'
import { faultsOf } from './validation-message.ts'

export type Env = Record<string, string | undefined>

/** A wrong setting: the message names every fault and prints no value. */
export class SettingsError extends Error {
  override name = 'SettingsError'
}

/**
 * Reads settings from the environment by a schema whose keys are the variables' names. `NAME_FILE` may
 * name a file that holds the value, for secrets; an empty value counts as unset.
 * @throws {SettingsError}
 */
export function readEnv<T extends z.ZodType>(schema: T, env: Env = process.env): z.output<T> {
  const values: Env = {}
  const faults: string[] = []
  for (const [name, value] of Object.entries(env)) if (value !== '') values[name] = value
  for (const [name, path] of Object.entries(values)) {
    const target = name.slice(0, -'_FILE'.length)
    if (!name.endsWith('_FILE') || path === undefined || !isOurs(target)) continue
    if (values[target] !== undefined) {
      faults.push(`both ${target} and ${name} are set: keep one`)
      continue
    }
    try {
      values[target] = readFileSync(path, 'utf8').trim()
    } catch {
      // Not the path: somebody may have put the secret itself there.
      faults.push(`${name}: the file it names cannot be read`)
    }
  }
  const result = schema.safeParse(values)
  if (result.success && faults.length === 0) return result.data
  for (const { member, words } of result.error?.issues.flatMap(faultsOf) ?? []) {
    // What its file could not give was told above.
    if (!faults.some((fault) => fault.includes(`${member}_FILE`))) {
      faults.push(`${member || 'settings'}: ${words}`)
    }
  }
  throw new SettingsError(faults.join('; '))
}

const isOurs = (name: string) =>
  name.startsWith('HOOKSWITCH_') || name === 'REDIS_URL' || name === 'DATABASE_URL'

/** A whole number of `unit`s, from text. */
export const wholeNumber = (unit: string, least: number, most: number) =>
  z.coerce
    .number(`must be a whole number of ${unit}`)
    .int(`must be a whole number of ${unit}`)
    .min(least, `must be ${least} ${unit} or more`)
    .max(most, `must be ${most} ${unit} or less`)

/** Off unless set. */
export const flag = () =>
  z
    .enum(['true', 'false', '1', '0'], 'must be true or false')
    .default('false')
    .transform((text) => text === 'true' || text === '1')

export const DAY = 86_400

/** A list with commas; blanks around its words do not count. */
export const listOf = () =>
  z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((one) => one.trim())
        .filter((one) => one !== ''),
    )
