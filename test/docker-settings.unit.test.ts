import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { Config as Api } from '../api/config/config.ts'
import { StartSettings } from '../bin/stack/settings.ts'
import { RelayConfig as Relay } from '../relay/config.ts'
import { readEnv } from '../runtime/env.ts'
import { SidecarConfig as Sidecar } from '../sidecar/config.ts'
import { project } from './support/build.ts'
import {
  composeText,
  interpolate,
  readProjectFile,
  requireService,
  serviceEntries,
  volumesOf,
} from './support/compose-file.ts'

const SCHEMAS: Record<string, { in: { shape: Record<string, z.ZodType> } } & z.ZodType> = {
  setup: StartSettings,
  sidecar: Sidecar,
  relay: Relay,
  api: Api,
}

describe('settings', () => {
  const names = Object.keys(SCHEMAS)

  /** What only the admin's command reads, which runs in the same container. */
  const ADMINS: Record<string, readonly string[]> = {
    setup: [
      'HOOKSWITCH_DIAL_POLICY',
      'HOOKSWITCH_DIRECTORIES_FILE',
      'HOOKSWITCH_EXTENSION_QUARANTINE',
      'HOOKSWITCH_PASSWORD_MIN_LENGTH',
      'HOOKSWITCH_PHONE_SIGN_IN',
      'HOOKSWITCH_PROVIDERS_FILE',
    ],
  }

  test.each(names)('%s is given only what it knows, and all that it needs', (name) => {
    const schema = SCHEMAS[name]
    const { environment } = requireService(name)
    const known = [...Object.keys(schema?.in.shape ?? {}), ...(ADMINS[name] ?? [])]
    expect(known).toEqual(expect.arrayContaining(Object.keys(environment)))
    const env = Object.fromEntries(
      Object.entries(environment).map(([key, value]) => [key, interpolate(value)]),
    )
    expect(() => readEnv(schema ?? z.never(), env)).not.toThrow()
  })

  test("set-up gets every setting that the admin's command reads, as the command runs in its container", () => {
    const sources = [
      'bin/hookswitch.ts',
      ...readdirSync(join(project, 'bin/admin')).map((name) => `bin/admin/${name}`),
    ]
    const asked = sources.flatMap(
      (path) => readProjectFile(path).match(/\b(HOOKSWITCH_|DATABASE_|REDIS_)[A-Z_]+\b/g) ?? [],
    )
    expect(asked).toContain('HOOKSWITCH_DATA')
    expect(Object.keys(requireService('setup').environment)).toEqual(expect.arrayContaining(asked))
  })

  /** What a container decides itself, or what set-up has no use for. */
  const FIXED: Record<string, readonly string[]> = {
    sidecar: ['HOOKSWITCH_SIDECAR_SOCKET'],
    relay: ['HOOKSWITCH_SIDECAR_SOCKET'],
    api: [
      'HOOKSWITCH_API_SOCKET',
      'HOOKSWITCH_SIDECAR_SOCKET',
      'HOOKSWITCH_NGINX_SOCKETS',
      'HOOKSWITCH_MAIL_TO_LOG',
      'HOOKSWITCH_CONSOLE_URL',
    ],
  }
  test.each(['sidecar', 'relay', 'api'])('%s is given every setting there is for it', (name) => {
    const known = Object.keys(SCHEMAS[name]?.in.shape ?? {})
    const given = [...Object.keys(requireService(name).environment), ...(FIXED[name] ?? [])]
    expect(given.sort()).toEqual(known.sort())
  })

  test('nginx is built with every setting there is for it', () => {
    const args = Object.keys(requireService('nginx').build?.args ?? {})
    const ofNginx = Object.keys(StartSettings.in.shape).filter(
      (name) =>
        /NGINX|NCHAN|STREAM_INSTANCES|ORIGINS|PROXIES|^HOOKSWITCH_TLS_/.test(name) &&
        name !== 'HOOKSWITCH_NGINX_SOCKETS',
    )
    expect(args.sort()).toEqual(ofNginx.sort())
  })

  test('each is handed on under its own name, and explained in .env.example', () => {
    const documented = [...readProjectFile('.env.example').matchAll(/^#([A-Z]\w*)=/gm)].map(
      ([, name]) => name,
    )
    const asked = [...composeText.matchAll(/\$\{(\w+)/g)].map(([, name]) => name)
    expect(documented).toEqual(expect.arrayContaining(asked))
    for (const [, { environment, build }] of serviceEntries) {
      for (const [name, value] of Object.entries({ ...environment, ...build?.args })) {
        if (value.includes('$')) expect(value).toMatch(new RegExp(`^\\$\\{${name}:-[^}]*\\}$`))
      }
    }
  })

  test('paths lie in volumes: nothing that has to stay is written elsewhere', () => {
    const config = (name: string) => {
      const env = Object.entries(requireService(name).environment).map(([key, value]) => [
        key,
        interpolate(value),
      ])
      return Object.fromEntries(env)
    }
    const api = readEnv(Api, config('api'))
    const sidecar = readEnv(Sidecar, config('sidecar'))
    const setup = readEnv(StartSettings, config('setup'))
    const liesIn = (name: string, path: string) =>
      volumesOf(name).find((one) => path.startsWith(`${one.path}/`) || path === one.path)?.volume
    expect(liesIn('api', api.securityLogPath)).toBe('log')
    expect(liesIn('api', api.databaseUrl.replace('sqlite:', ''))).toBe('database')
    expect(liesIn('api', api.keysFolder)).toBe('keys')
    expect(liesIn('api', api.socket)).toBe('sockets')
    expect(liesIn('sidecar', sidecar.keysFolder)).toBe('keys')
    expect(liesIn('sidecar', sidecar.socket)).toBe('sockets')
    expect(liesIn('setup', join(setup.data, 'keys'))).toBe('keys')
    expect(setup.databaseUrl).toBe(api.databaseUrl)
    expect(setup.algorithm).toBe(api.algorithm)
    for (const name of ['nginx', 'streams', 'relay', 'sidecar', 'api']) {
      expect(liesIn(name, '/run/hookswitch/publish-1.sock'), name).toBe('sockets')
    }
    expect(sidecar.instanceSockets).toEqual(['/run/hookswitch/publish-1.sock'])
    expect(api.nginxSockets).toEqual(sidecar.instanceSockets)
  })
})
