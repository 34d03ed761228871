import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
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
  builds,
  compose,
  composeText,
  dockerfiles,
  instructionsOf,
  interpolate,
  isPinned,
  longRunning,
  oneShots,
  readProjectFile,
  requireService,
  serviceEntries,
  services,
  volumesOf,
} from './support/compose-file.ts'

const SCHEMAS: Record<string, { in: { shape: Record<string, z.ZodType> } } & z.ZodType> = {
  setup: StartSettings,
  sidecar: Sidecar,
  relay: Relay,
  api: Api,
}

describe('every service', () => {
  test('is there', () => {
    expect(Object.keys(services).sort()).toEqual([
      'api',
      'nginx',
      'pbx',
      'redis',
      'relay',
      'setup',
      'sidecar',
      'streams',
    ])
    expect([...oneShots]).toEqual(['setup'])
  })

  test.each(serviceEntries)('%s runs as an ordinary user who can gain nothing', (_, it) => {
    expect(it.user).not.toMatch(/^(root|0)(:|$)/)
    expect(it.cap_drop).toEqual(['ALL'])
    expect(it.security_opt).toEqual(['no-new-privileges:true'])
    expect(it.read_only).toBe(true)
  })

  test.each(serviceEntries)(
    '%s has an image that is built here or pinned to one release',
    (_, { build, image }) => {
      expect([build === undefined, image === undefined]).toContain(false)
      if (image !== undefined) expect(image).toSatisfy(isPinned)
    },
  )

  test.each(serviceEntries)('%s names networks, volumes and services that are there', (_, it) => {
    expect(Object.keys(compose.networks)).toEqual(expect.arrayContaining(it.networks))
    const volumes = it.volumes.map((line) => line.split(':')[0])
    expect(Object.keys(compose.volumes)).toEqual(expect.arrayContaining(volumes))
    expect(Object.keys(services)).toEqual(expect.arrayContaining(Object.keys(it.depends_on)))
  })

  test.each(longRunning)('%s has a health check, and is restarted', (_, it) => {
    expect(it.healthcheck?.test.length).toBeGreaterThan(1)
    expect(it.restart).toBe('unless-stopped')
  })

  test.each(serviceEntries)('%s publishes on loopback by default', (_, { ports }) => {
    for (const port of ports) {
      expect(interpolate(port)).toMatch(/^127\.0\.0\.1:\d+:\d+$/)
      expect(interpolate(port, { HOOKSWITCH_BIND: '10.0.0.1', HOOKSWITCH_PORT: '81' })).toMatch(
        /^10\.0\.0\.1:81:/,
      )
    }
  })

  test('there is nothing that no service uses', () => {
    const used = (what: 'networks' | 'volumes') =>
      new Set(serviceEntries.flatMap(([, it]) => it[what].map((line) => line.split(':')[0])))
    expect(Object.keys(compose.networks).sort()).toEqual([...used('networks')].sort())
    expect(Object.keys(compose.volumes).sort()).toEqual([...used('volumes')].sort())
  })

  test('waits for who it needs: a lasting one to be well, a short one to have ended', () => {
    for (const [, { depends_on }] of serviceEntries) {
      for (const [name, { condition }] of Object.entries(depends_on)) {
        const expected = oneShots.has(name) ? 'service_completed_successfully' : 'service_healthy'
        expect(condition, name).toBe(expected)
      }
    }
    expect(Object.keys(requireService('nginx').depends_on).sort()).toEqual([
      'api',
      'relay',
      'setup',
      'sidecar',
      'streams',
    ])
    expect(Object.keys(requireService('api').depends_on).sort()).toEqual(['redis', 'setup'])
    expect(Object.keys(requireService('sidecar').depends_on).sort()).toEqual(['redis', 'setup'])
  })
})

describe('who reaches what', () => {
  const on = (network: string) =>
    serviceEntries
      .filter(([, it]) => it.networks.includes(network))
      .map(([name]) => name)
      .sort()

  test('Redis, without a password, is reached by the two that need it, and has no way out', () => {
    expect(on('store')).toEqual(['api', 'redis', 'sidecar'])
    expect(requireService('redis').networks).toEqual(['store'])
    expect(compose.networks.store?.internal).toBe(true)
  })

  test('the PBX is asked for, publishes nothing and reaches the api alone', () => {
    expect(requireService('pbx').profiles).toEqual(['pbx'])
    expect(requireService('pbx').ports).toEqual([])
    expect(requireService('pbx').networks).toEqual(['ami'])
    expect(on('ami')).toEqual(['api', 'pbx'])
    expect(compose.networks.ami?.internal).toBe(true)
    expect(serviceEntries.filter(([, { profiles }]) => profiles.length > 0).map(([name]) => name)).toEqual([
      'pbx',
    ])
  })

  test('only nginx is published, and it reaches the others by their sockets alone', () => {
    expect(serviceEntries.filter(([, { ports }]) => ports.length > 0).map(([name]) => name)).toEqual([
      'nginx',
    ])
    expect(on('front')).toEqual(['nginx'])
    for (const name of ['nginx', 'streams', 'relay', 'sidecar', 'api']) {
      expect(volumesOf(name)).toContainEqual({
        volume: 'sockets',
        path: '/run/hookswitch',
        mode: undefined,
      })
      // A socket opens for its owner alone.
      expect(requireService(name).user).toBe('10001:10001')
    }
  })

  test('keys are read by those who judge and sign, and not written by who only judges', () => {
    const holders = serviceEntries
      .filter(([, { volumes }]) => volumes.some((line) => line.startsWith('keys:')))
      .map(([name, { volumes }]) => [name, volumes.find((line) => line.startsWith('keys:'))?.endsWith(':ro')])
    expect(Object.fromEntries(holders)).toEqual({ setup: false, sidecar: true, api: false })
  })

  test('Redis forgets nothing: append-only and never evicting', () => {
    const { command } = requireService('redis')
    const option = (name: string) => command[command.indexOf(`--${name}`) + 1]
    expect(option('appendonly')).toBe('yes')
    expect(option('maxmemory-policy')).toBe('noeviction')
    expect(volumesOf('redis')).toEqual([{ volume: 'redis', path: '/data', mode: undefined }])
  })
})

describe('settings', () => {
  const names = Object.keys(SCHEMAS)

  /** What only the admin's command reads, which runs in the same container. */
  const ADMINS: Record<string, readonly string[]> = {
    setup: ['HOOKSWITCH_DIAL_POLICY', 'HOOKSWITCH_EXTENSION_QUARANTINE'],
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
        /NGINX|NCHAN|STREAM_INSTANCES|ORIGINS|PROXIES/.test(name) && name !== 'HOOKSWITCH_NGINX_SOCKETS',
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

describe.each(dockerfiles)('%s', (path) => {
  const instructions = instructionsOf(path)
  const stages = instructions
    .filter(({ word }) => word === 'FROM')
    .map(({ rest: [image = '', as, name] }) => ({ image, name: as === 'AS' ? name : undefined }))
  const sources = instructions.flatMap(({ word, rest }) => {
    if (word !== 'COPY') return []
    const words = rest.filter((one) => !one.startsWith('--'))
    const from = rest.find((one) => one.startsWith('--from='))?.slice('--from='.length)
    return words.slice(0, -1).map((source) => ({ source, from }))
  })
  const passed = readFileSync(join(project, '.dockerignore'), 'utf8').split('\n')

  test('starts from images pinned to one release, or from its own stages', () => {
    for (const { image } of stages) {
      if (!stages.some(({ name }) => name === image)) expect(image).toSatisfy(isPinned)
    }
  })

  test('copies what is there, what the builder is given, and what its stages hold', () => {
    for (const { source, from } of sources) {
      if (from !== undefined) expect(stages.map(({ name }) => name)).toContain(from)
      else {
        expect(source).toSatisfy((one: string) => existsSync(join(project, one)))
        expect(passed).toContain(`!${source.split('/')[0]}`)
      }
    }
  })

  test('ends as an ordinary user, the one its services name', () => {
    const last = instructions.findLastIndex(({ word }) => word === 'FROM')
    const users = instructions.slice(last).filter(({ word }) => word === 'USER')
    expect(users.at(-1)?.text).toBe('10001:10001')
    for (const { name, dockerfile } of builds) {
      if (dockerfile === path) expect(requireService(name).user).toBe('10001:10001')
    }
  })

  test('sets and takes only what a schema knows, and all the arguments its services give', () => {
    const known = Object.keys(StartSettings.in.shape)
    const set = instructions
      .filter(({ word }) => word === 'ENV')
      .flatMap(({ rest }) => rest.map((one) => one.split('=')[0] ?? ''))
    expect(known).toEqual(expect.arrayContaining(set.filter((name) => name.startsWith('HOOKSWITCH_'))))
    const taken = instructions
      .filter(({ word, text }) => word === 'ARG' && text.startsWith('HOOKSWITCH_'))
      .map(({ text }) => text)
    const given = builds
      .filter(({ dockerfile }) => dockerfile === path)
      .flatMap(({ args }) => Object.keys(args))
    // Two services of one image give the same.
    expect(taken.sort()).toEqual([...new Set(given)].sort())
  })

  test('makes the folders of its volumes, so that they belong to its user', () => {
    const installs = instructions.filter(({ text }) =>
      text.startsWith('install -d -o 10001 -g 10001 -m 0700'),
    )
    const made = installs.flatMap(({ rest }) => rest)
    for (const { name, dockerfile } of builds) {
      if (dockerfile !== path) continue
      expect(made, name).toEqual(expect.arrayContaining(volumesOf(name).map((one) => one.path)))
    }
  })
})

describe('what the images hold', () => {
  test('commands run programs that the build makes', () => {
    const programs = [...readProjectFile('bin/build.mjs').matchAll(/^ +'?([\w-]+)'?: '([\w/-]+\.ts)',$/gm)]
    const entries = new Map(programs.map(([, name, source]) => [`dist/${name}.js`, source]))
    const asked = [
      ...serviceEntries.flatMap(([, { command }]) => command),
      ...dockerfiles.flatMap((path) => instructionsOf(path).flatMap(({ rest }) => rest)),
      ...composeText.split(/\s+/),
    ].filter((word) => /^dist\/[\w-]+\.js$/.test(word))
    expect(new Set(asked).size).toBe(6)
    for (const one of asked) expect(existsSync(join(project, entries.get(one) ?? 'missing')), one).toBe(true)
  })

  test("nginx's programs are at the paths of its Dockerfile and its service, and are executable", () => {
    const text = readProjectFile('nginx/Dockerfile')
    for (const name of ['entrypoint.sh', 'healthcheck.sh']) {
      expect(text).toMatch(new RegExp(`^COPY --chmod=0755 .*nginx/${name} .*/usr/local/bin/$`, 'm'))
      expect(statSync(join(project, 'nginx', name)).mode & 0o111, name).not.toBe(0)
    }
    expect(text).toContain('ENTRYPOINT ["/usr/local/bin/entrypoint.sh"]')
    expect(requireService('nginx').healthcheck?.test[1]).toBe('/usr/local/bin/healthcheck.sh')
    expect(readProjectFile('nginx/entrypoint.sh')).toContain('/etc/hookswitch/redact.sed')
    expect(text).toContain('COPY nginx/redact.sed /etc/hookswitch/redact.sed')
  })

  test('nginx and Nchan are pinned, as a pair', () => {
    const text = readProjectFile('nginx/Dockerfile')
    // Debian's mirror has no older security update than the last one.
    expect(text).toMatch(/^ARG NGINX_VERSION=1\.22\.1-9\+deb12u\*$/m)
    expect(text).toMatch(/^ARG NCHAN_VERSION=1:1\.3\.6\+dfsg-2\*$/m)
    const packages =
      /"nginx=\$NGINX_VERSION" "nginx-common=\$NGINX_VERSION" "libnginx-mod-nchan=\$NCHAN_VERSION"/
    expect(text).toMatch(packages)
  })

  test('what nginx was rendered to listen on and to open is what its service gives it', () => {
    const text = readProjectFile('nginx/Dockerfile')
    const port = /HOOKSWITCH_PORT=(\d+)/.exec(text)?.[1]
    expect(requireService('nginx').ports[0]).toMatch(new RegExp(`:${port}$`))
    expect(requireService('nginx').healthcheck?.test.at(-1)).toBe(port)
    expect(/--open-files (\d+)/.exec(text)?.[1]).toBe(String(requireService('nginx').ulimits?.nofile))
    const writable = [
      ...requireService('nginx').tmpfs.map((line) => line.split(':')[0]),
      ...volumesOf('nginx')
        .filter(({ mode }) => mode !== 'ro')
        .map(({ path }) => path),
    ]
    expect(writable).toEqual(expect.arrayContaining(['/tmp/nginx', '/var/lib/nginx', '/run/hookswitch']))
    expect(text).toContain('--run /run/hookswitch --temp /tmp/nginx')
  })

  test('the builder is given a short list, and no secret is on it', () => {
    const rules = readProjectFile('.dockerignore')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
    expect(rules[0]).toBe('*')
    expect(rules.slice(1).every((rule) => /^![\w.-]+$/.test(rule))).toBe(true)
    const given = rules.slice(1).map((rule) => rule.slice(1))
    expect(readdirSync(project)).toEqual(expect.arrayContaining(given))
    for (const secret of ['.env', 'var', '.git', 'node_modules', 'dist']) expect(given).not.toContain(secret)
  })
})
