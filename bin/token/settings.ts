import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { type Env, readEnv, SettingsError } from '../../runtime/env.ts'
import { validationMessage } from '../../runtime/validation-message.ts'
import { TokenCommandError } from './errors.ts'

const Base = z
  .string()
  .default('http://127.0.0.1:8080/pbxcore/api/v3')
  .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol), {
    error: 'must be a URL like http://127.0.0.1:8080/pbxcore/api/v3',
    abort: true,
  })
  .transform((text) => new URL(text))
  .refine((url) => url.username === '' && url.password === '', {
    error: 'must hold no user or password: use MIKOPBX_LOGIN and MIKOPBX_PASSWORD',
  })
  .refine((url) => url.search === '' && url.hash === '', { error: 'must hold no ? and no #' })
  .transform((url) => url.href.replace(/\/+$/, ''))

const Environment = z.object({
  MIKOPBX_API_URL: Base,
  MIKOPBX_LOGIN: z.string().default('admin'),
  MIKOPBX_PASSWORD: z.string().optional(),
})

const seconds = z.coerce.number('--timeout is a number of seconds').positive('--timeout is above 0').max(3600)
const times = z.coerce.number('--retries is a number').int().min(0, '--retries is 0 or more').max(100)

export interface TokenSettings {
  help: boolean
  fresh: boolean
  forget: boolean
  insecure: boolean
  debug: boolean
  timeoutMs: number
  retries: number
  /** The base of the API, without a slash at its end. */
  base: string
  login: string
  password: string | undefined
  /** The folder where tokens are kept. */
  folder: string
}

/**
 * Reads the flags and the environment; none of Hookswitch's own settings counts here.
 * @throws {TokenCommandError} of the cause `usage`; it names what is wrong and prints no value
 */
export function readTokenSettings(args: readonly string[], env: Env): TokenSettings {
  try {
    const flags = parseTokenFlags(args)
    const { MIKOPBX_API_URL, MIKOPBX_LOGIN } = env
    const read = readEnv(Environment, { MIKOPBX_API_URL, MIKOPBX_LOGIN, MIKOPBX_PASSWORD: passwordOf(env) })
    return {
      ...flags,
      base: read.MIKOPBX_API_URL,
      login: read.MIKOPBX_LOGIN,
      password: read.MIKOPBX_PASSWORD,
      folder: join(cacheFolderOf(env), 'hookswitch', 'tokens'),
    }
  } catch (err) {
    if (err instanceof SettingsError) throw new TokenCommandError('usage', err.message)
    throw err
  }
}

function parseTokenFlags(args: readonly string[]) {
  const flag = { type: 'boolean', default: false } as const
  const text = (value: string) => ({ type: 'string', default: value }) as const
  const { values } = orUsageError(() =>
    parseArgs({
      args: [...args],
      options: {
        help: { ...flag, short: 'h' },
        fresh: flag,
        forget: flag,
        insecure: flag,
        debug: flag,
        timeout: text('10'),
        retries: text('3'),
      },
    }),
  )
  const { timeout, retries, ...flags } = values
  if (flags.fresh && flags.forget) throw new TokenCommandError('usage', 'use --fresh or --forget, not both')
  return {
    ...flags,
    timeoutMs: 1000 * parseNumberFlag(seconds, timeout),
    retries: parseNumberFlag(times, retries),
  }
}

function parseNumberFlag(schema: z.ZodType<number>, text: string): number {
  const read = schema.safeParse(text.trim() === '' ? undefined : text)
  if (read.success) return read.data
  throw new TokenCommandError('usage', `${validationMessage(read.error)}; see --help`)
}

function orUsageError<T>(parse: () => T): T {
  try {
    return parse()
  } catch (err) {
    throw new TokenCommandError('usage', `${err instanceof Error ? err.message : err}; see --help`)
  }
}

/** A password may begin or end with a blank; only the newline at a file's end is not part of it. */
function passwordOf(env: Env): string | undefined {
  const { MIKOPBX_PASSWORD: password, MIKOPBX_PASSWORD_FILE: file } = env
  if (!file) return password
  if (password) throw new SettingsError('both MIKOPBX_PASSWORD and MIKOPBX_PASSWORD_FILE are set: keep one')
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '')
  } catch {
    // Not the path: a user may have put the password itself there.
    throw new SettingsError('MIKOPBX_PASSWORD_FILE: the file it names cannot be read')
  }
}

/** A relative path in XDG_CACHE_HOME counts as none (XDG Base Directory Specification). */
function cacheFolderOf({ XDG_CACHE_HOME: folder }: Env): string {
  return folder && isAbsolute(folder) ? folder : join(homedir(), '.cache')
}
