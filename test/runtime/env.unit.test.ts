import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { commonSettings } from '../../contract/common-settings.ts'
import { type Env, readEnv, SettingsError, wholeNumber } from '../../runtime/env.ts'

const Settings = z.object({
  REDIS_URL: commonSettings.REDIS_URL,
  HOOKSWITCH_RUN: commonSettings.HOOKSWITCH_RUN,
  HOOKSWITCH_LOG_LEVEL: commonSettings.HOOKSWITCH_LOG_LEVEL,
  HOOKSWITCH_TTL: wholeNumber('seconds', 30, 86_400).default(3_600),
  HOOKSWITCH_FOLDER: z.string().default('./var'),
})
const good = { REDIS_URL: 'redis://127.0.0.1:6379', HOOKSWITCH_RUN: '/run/hookswitch' }
const errorOf = (env: Env, schema: z.ZodType = Settings): string => {
  try {
    readEnv(schema, env)
    return ''
  } catch (err) {
    return err instanceof SettingsError ? err.message : `not a SettingsError: ${err}`
  }
}

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hs-env-'))
})
afterAll(() => rmSync(folder, { recursive: true }))
const file = (name: string, text: string) => {
  writeFileSync(join(folder, name), text)
  return join(folder, name)
}

test('readEnv uses the default of an unset variable', () => {
  expect(readEnv(Settings, good)).toEqual({
    ...good,
    HOOKSWITCH_FOLDER: './var',
    HOOKSWITCH_TTL: 3_600,
    HOOKSWITCH_LOG_LEVEL: 'info',
  })
})

test('readEnv treats an empty value as unset', () => {
  expect(readEnv(Settings, { ...good, HOOKSWITCH_TTL: '', HOOKSWITCH_FOLDER: '' })).toMatchObject({
    HOOKSWITCH_TTL: 3_600,
    HOOKSWITCH_FOLDER: './var',
  })
  expect(errorOf({ ...good, REDIS_URL: '' })).toMatch(/^REDIS_URL: is not set/)
})

test.each([
  ['redis://127.0.0.1:6379'],
  ['redis://user:secret@redis.example/3'],
  ['rediss://redis.example:6380'],
  ['unix:/run/redis.sock'],
])('REDIS_URL may be %s', (url) => {
  expect(readEnv(Settings, { ...good, REDIS_URL: url }).REDIS_URL).toBe(url)
})

describe('the error of a wrong setting names it and does not show its value', () => {
  test.each([
    ['REDIS_URL', 'http://admin:hunter2hunter2@example', 'must be redis://'],
    ['HOOKSWITCH_TTL', 'hunter2hunter2', 'must be a whole number of seconds'],
    ['HOOKSWITCH_TTL', '29', 'must be 30 seconds or more'],
    ['HOOKSWITCH_TTL', '86401', 'must be 86400 seconds or less'],
    ['HOOKSWITCH_TTL', '60.5', 'must be a whole number of seconds'],
    ['HOOKSWITCH_TTL', '-60', 'must be 30 seconds or more'],
    ['HOOKSWITCH_TTL', 'Infinity', 'must be a whole number of seconds'],
    ['HOOKSWITCH_TTL', '1h', 'must be a whole number of seconds'],
    ['HOOKSWITCH_LOG_LEVEL', 'hunter2hunter2', ''],
  ])('%s=%s', (name, value, why) => {
    const message = errorOf({ ...good, [name]: value })
    expect(message).toMatch(new RegExp(`^${name}: `))
    expect(message).toContain(why)
    expect(message).not.toContain('hunter2')
  })

  test('lists all errors', () => {
    const message = errorOf({ HOOKSWITCH_TTL: 'x', HOOKSWITCH_LOG_LEVEL: 'y' })
    expect(message.split('; ').map((one) => one.split(':')[0])).toEqual([
      'REDIS_URL',
      'HOOKSWITCH_RUN',
      'HOOKSWITCH_LOG_LEVEL',
      'HOOKSWITCH_TTL',
    ])
  })
})

describe('NAME_FILE', () => {
  test('is a path, and no file to read now, if it is a setting itself', () => {
    const schema = Settings.extend({ HOOKSWITCH_TLS_KEY_FILE: z.string() })
    const env = { ...good, HOOKSWITCH_TLS_KEY_FILE: join(folder, 'missing') }
    expect(readEnv(schema, env).HOOKSWITCH_TLS_KEY_FILE).toBe(join(folder, 'missing'))
  })

  test('names a file with the value, without its newline', () => {
    const path = file('redis', 'redis://user:secret@127.0.0.1\n')
    const { REDIS_URL: _, ...rest } = good
    expect(readEnv(Settings, { ...rest, REDIS_URL_FILE: path }).REDIS_URL).toBe(
      'redis://user:secret@127.0.0.1',
    )
  })

  test('works for every setting of this project', () => {
    const env = { ...good, HOOKSWITCH_TTL_FILE: file('ttl', '60\n') }
    expect(readEnv(Settings, env).HOOKSWITCH_TTL).toBe(60)
  })

  test('is rejected beside NAME, as it is unclear which one counts', () => {
    const path = file('both', 'redis://a')
    expect(errorOf({ ...good, REDIS_URL_FILE: path })).toBe(
      'both REDIS_URL and REDIS_URL_FILE are set: keep one',
    )
  })

  test('is reported by its name if the file cannot be read, without its value, which may be the secret itself', () => {
    const message = errorOf({ HOOKSWITCH_RUN: '/run', REDIS_URL_FILE: join(folder, 'hunter2') })
    expect(message).toMatch(/^REDIS_URL_FILE: .*cannot be read/)
    expect(message).not.toContain('hunter2')
  })

  test('with a wrong value is reported by the name, without the value', () => {
    const message = errorOf({ HOOKSWITCH_RUN: '/run', REDIS_URL_FILE: file('wrong', 'hunter2hunter2') })
    expect(message).toMatch(/^REDIS_URL: must be redis/)
    expect(message).not.toContain('hunter2')
  })

  test('of another program is ignored: the file is not opened', () => {
    const env = { ...good, SSL_CERT_FILE: join(folder, 'missing'), _FILE: join(folder, 'missing') }
    expect(errorOf(env)).toBe('')
  })

  test('counts as unset if it is empty', () => {
    expect(errorOf({ ...good, REDIS_URL_FILE: '' })).toBe('')
  })
})

test('the common settings all have a default but the two that `npm start` sets', () => {
  expect(Object.keys(readEnv(z.object(commonSettings), good))).toEqual(Object.keys(commonSettings))
  expect(errorOf({}, z.object(commonSettings)).match(/is not set/g)).toHaveLength(2)
})

test.each([
  ['30', 30],
  [' 30 ', 30],
  ['1e3', 1_000],
])('wholeNumber parses %j as %i', (text, seconds) => {
  expect(wholeNumber('seconds', 1, 10_000).parse(text)).toBe(seconds)
})
