import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { StartSettings } from '../../bin/stack/settings.ts'
import { readEnv, SettingsError } from '../../runtime/env.ts'
import { shapes } from './settings-shapes.ts'

describe('a setting that is wrong', () => {
  const settings = shapes.flatMap((shape) => Object.entries(shape))
  const SECRET = 'hunter2hunter2'
  const RAW = /✖|Invalid|Too (small|big)|expected|received|Unrecognized|pattern|NaN|undefined|is not allowed/

  test.each(settings)('%s is refused by its name, in plain words, and without its value', (name, schema) => {
    const wrong = ['-1', '0.5', '1e99', ' ', `${SECRET} "x"`, `${SECRET}\n`, SECRET.repeat(2_000), undefined]
    for (const value of wrong) {
      try {
        readEnv(z.object({ [name]: schema }), { [name]: value })
      } catch (err) {
        const { message } = err as SettingsError // nothing else is thrown
        expect(err).toBeInstanceOf(SettingsError)
        expect(message).toMatch(new RegExp(`^${name}(\\[\\d+\\])?: `))
        expect(message).not.toMatch(RAW)
        expect(message).not.toContain(SECRET)
      }
    }
  })

  test('many of them were wrong', () => {
    const refused = settings.filter(([, schema]) => !schema.safeParse(`${SECRET} "x"`).success)
    expect(refused.length).toBeGreaterThan(30)
  })
})

describe('TLS', () => {
  const read = (env: Record<string, string>) => readEnv(StartSettings, env).tls

  test('needs certificate and key, or neither', () => {
    expect(read({})).toBeUndefined()
    expect(read({ HOOKSWITCH_TLS_CERT_FILE: '/etc/c.pem', HOOKSWITCH_TLS_KEY_FILE: '/etc/k.pem' })).toEqual({
      certificate: '/etc/c.pem',
      key: '/etc/k.pem',
    })
  })

  test.each([
    ['HOOKSWITCH_TLS_CERT_FILE', 'HOOKSWITCH_TLS_KEY_FILE'],
    ['HOOKSWITCH_TLS_KEY_FILE', 'HOOKSWITCH_TLS_CERT_FILE'],
  ])('%s alone is refused', (set, missing) => {
    expect(() => read({ [set]: '/etc/hunter2' })).toThrow(
      new SettingsError(`${missing}: is not set, and TLS needs certificate and key`),
    )
  })
})
