import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { Config as Api } from '../../api/config/config.ts'
import { StartSettings } from '../../bin/stack/settings.ts'
import { readEnv, SettingsError } from '../../runtime/env.ts'
import { SidecarConfig as Sidecar } from '../../sidecar/config.ts'
import { type Shape, unitOf } from './settings-shapes.ts'

describe('readEnv', () => {
  const faultyEnv = {
    REDIS_URL: 'http://:hunter2@cache',
    DATABASE_URL: 'mysql://root:hunter3@db/x',
    HOOKSWITCH_ACCESS_TTL: 'soon-hunter4',
    HOOKSWITCH_REFRESH_TTL: '9',
    HOOKSWITCH_MAX_STALENESS: '1.75',
    HOOKSWITCH_TOKEN_ALG: 'none-hunter5',
    HOOKSWITCH_LOG_LEVEL: 'loud-hunter6',
    HOOKSWITCH_LOGIN_WINDOW: '999999',
  }

  test('names every fault at once, and prints no value', () => {
    const message = messageOf(() => readEnv(Api, faultyEnv))
    const named = message.split('; ').map((fault) => fault.split(':')[0])
    expect(named.sort()).toEqual([...Object.keys(faultyEnv), 'HOOKSWITCH_RUN'].sort())
    for (const value of ['hunter', 'soon', '59', '1.75', 'none', 'loud', '999999']) {
      expect(message).not.toContain(value)
    }
  })

  test('every whole number is refused outside its bounds, with its name and unit', () => {
    for (const shape of [StartSettings.in.shape, Sidecar.in.shape, Api.in.shape] as const) {
      for (const [name, schema] of Object.entries(shape as Shape)) {
        if (unitOf(schema) === undefined) continue
        for (const wrong of ['-1', '0.5', '1e99', 'x', 'NaN', 'Infinity']) {
          const message = messageOf(() => readEnv(z.object({ [name]: schema }), { [name]: wrong }))
          expect(message, `${name}=${wrong}`).toMatch(new RegExp(`^${name}: must be .*${unitOf(schema)}`))
          expect(message).not.toContain(wrong === 'x' ? ': x' : wrong)
        }
      }
    }
  })

  test('an empty value counts as unset', () => {
    expect(readEnv(StartSettings, { HOOKSWITCH_PORT: '', REDIS_URL: '' }).port).toBe(8080)
  })

  describe('a value from a file', () => {
    const folder = () => mkdtempSync(join(tmpdir(), 'hs-settings-'))

    test('is read without the line end', () => {
      const dir = folder()
      writeFileSync(join(dir, 'url'), 'rediss://:secret@cache:6380\n')
      expect(readEnv(StartSettings, { REDIS_URL_FILE: join(dir, 'url') }).redisUrl).toBe(
        'rediss://:secret@cache:6380',
      )
      rmSync(dir, { recursive: true })
    })

    test('is named when it is wrong, and not printed', () => {
      const dir = folder()
      writeFileSync(join(dir, 'url'), 'http://:hunter2@cache\n')
      const message = messageOf(() => readEnv(StartSettings, { REDIS_URL_FILE: join(dir, 'url') }))
      expect(message).toMatch(/^REDIS_URL: /)
      expect(message).not.toContain('hunter2')
      rmSync(dir, { recursive: true })
    })

    test.each([
      [
        'the value is also set itself',
        { REDIS_URL: 'unix:/x', REDIS_URL_FILE: '/y' },
        /both REDIS_URL and REDIS_URL_FILE/,
      ],
      [
        'the file is not there',
        { DATABASE_URL_FILE: '/nowhere/to/be/found' },
        /DATABASE_URL_FILE: the file it names cannot be read/,
      ],
    ])('is refused when %s', (_, env, words) => {
      expect(() => readEnv(StartSettings, env)).toThrow(words)
    })

    test('of a variable that is not ours is left alone', () => {
      expect(readEnv(StartSettings, { SSL_CERT_FILE: '/nowhere' }).port).toBe(8080)
    })
  })
})

function messageOf(work: () => unknown): string {
  try {
    work()
  } catch (err) {
    if (err instanceof SettingsError) return err.message
    throw err
  }
  throw new Error('nothing was refused')
}
