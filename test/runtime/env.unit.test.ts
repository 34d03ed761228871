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

test('what is not set has its default', () => {
  expect(readEnv(Settings, good)).toEqual({
    ...good,
    HOOKSWITCH_FOLDER: './var',
    HOOKSWITCH_TTL: 3_600,
    HOOKSWITCH_LOG_LEVEL: 'info',
  })
})

test('an empty value counts as unset', () => {
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
])('%s is a Redis', (url) => {
  expect(readEnv(Settings, { ...good, REDIS_URL: url }).REDIS_URL).toBe(url)
})

describe('a wrong setting is named, and its value is not told', () => {
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
    const fault = errorOf({ ...good, [name]: value })
    expect(fault).toMatch(new RegExp(`^${name}: `))
    expect(fault).toContain(why)
    expect(fault).not.toContain('hunter2')
  })

  test('every fault at once', () => {
    const fault = errorOf({ HOOKSWITCH_TTL: 'x', HOOKSWITCH_LOG_LEVEL: 'y' })
    expect(fault.split('; ').map((one) => one.split(':')[0])).toEqual([
      'REDIS_URL',
      'HOOKSWITCH_RUN',
      'HOOKSWITCH_LOG_LEVEL',
      'HOOKSWITCH_TTL',
    ])
  })
})

describe('NAME_FILE', () => {
  test('holds the value, and the line’s end is not part of it', () => {
    const path = file('redis', 'redis://user:secret@127.0.0.1\n')
    const { REDIS_URL: _, ...rest } = good
    expect(readEnv(Settings, { ...rest, REDIS_URL_FILE: path }).REDIS_URL).toBe(
      'redis://user:secret@127.0.0.1',
    )
  })

  test('works for every setting of ours', () => {
    const env = { ...good, HOOKSWITCH_TTL_FILE: file('ttl', '60\n') }
    expect(readEnv(Settings, env).HOOKSWITCH_TTL).toBe(60)
  })

  test('beside NAME is refused, as nobody could say which counts', () => {
    const path = file('both', 'redis://a')
    expect(errorOf({ ...good, REDIS_URL_FILE: path })).toBe(
      'both REDIS_URL and REDIS_URL_FILE are set: keep one',
    )
  })

  test('that cannot be read is named, and what it says is not told: it may be the secret itself', () => {
    const fault = errorOf({ HOOKSWITCH_RUN: '/run', REDIS_URL_FILE: join(folder, 'hunter2') })
    expect(fault).toMatch(/^REDIS_URL_FILE: .*cannot be read/)
    expect(fault).not.toContain('hunter2')
  })

  test('with a wrong value in it tells neither it nor less than the name', () => {
    const fault = errorOf({ HOOKSWITCH_RUN: '/run', REDIS_URL_FILE: file('wrong', 'hunter2hunter2') })
    expect(fault).toMatch(/^REDIS_URL: must be redis/)
    expect(fault).not.toContain('hunter2')
  })

  test('of somebody else is none of ours: it is not even opened', () => {
    const env = { ...good, SSL_CERT_FILE: join(folder, 'missing'), _FILE: join(folder, 'missing') }
    expect(errorOf(env)).toBe('')
  })

  test('left empty counts as unset', () => {
    expect(errorOf({ ...good, REDIS_URL_FILE: '' })).toBe('')
  })
})

test('the settings of both processes all have a default but the two that start sets', () => {
  expect(Object.keys(readEnv(z.object(commonSettings), good))).toEqual(Object.keys(commonSettings))
  expect(errorOf({}, z.object(commonSettings)).match(/is not set/g)).toHaveLength(2)
})

test.each([
  ['30', 30],
  [' 30 ', 30],
  ['1e3', 1_000],
])('%j is %i seconds', (text, seconds) => {
  expect(wholeNumber('seconds', 1, 10_000).parse(text)).toBe(seconds)
})
