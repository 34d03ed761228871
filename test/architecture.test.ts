import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Which folders a folder may import, besides itself. `.` are the files that join everything. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  runtime: [],
  contract: ['runtime'],
  sidecar: ['contract', 'runtime'],
  relay: ['contract', 'runtime'],
  'api/core': ['contract', 'runtime'],
  'api/store': ['contract', 'runtime', 'api/core'],
  'api/asterisk': ['contract', 'runtime', 'api/core'],
  'api/provisioning': ['contract', 'runtime', 'api/core'],
  'api/sip-auth': ['contract', 'runtime', 'api/core'],
  'api/nchan': ['contract', 'runtime', 'api/core'],
  'api/openid': ['contract', 'runtime', 'api/core'],
  'api/mail': ['contract', 'runtime', 'api/core'],
  'api/ldap': ['contract', 'runtime', 'api/core'],
  'api/webhooks': ['contract', 'runtime', 'api/core'],
  'api/http': ['contract', 'runtime', 'api/core'],
  'api/config': ['contract', 'runtime', 'api/core'],
  'api/wiring': [
    'contract',
    'runtime',
    'api/core',
    'api/store',
    'api/asterisk',
    'api/provisioning',
    'api/sip-auth',
    'api/nchan',
    'api/openid',
    'api/mail',
    'api/ldap',
    'api/webhooks',
    'api/http',
    'api/config',
  ],
  api: [
    'contract',
    'runtime',
    'api/core',
    'api/store',
    'api/nchan',
    'api/mail',
    'api/http',
    'api/config',
    'api/wiring',
  ],
  // What a person runs may use every folder’s public pieces, but no process is built from it.
  // Of `api/wiring` one file: see below.
  bin: ['contract', 'runtime', 'api/core', 'api/store', 'api/config', 'api/ldap', 'api/wiring'],
  // The page knows the server only by the types of its OpenAPI document, which are a file of its own.
  'console/i18n': [],
  // A program of its own: it runs without a page.
  'console/worker': [],
  'console/api': [],
  'console/phone': ['console/app', 'console/api'],
  'console/components': ['console/app', 'console/api', 'console/i18n', 'console/phone'],
  'console/screens': ['console/app', 'console/api', 'console/i18n', 'console/components', 'console/phone'],
  'console/app': [
    'console/api',
    'console/i18n',
    'console/components',
    'console/screens',
    'console/phone',
    'console/worker',
  ],
}

/** What more than one process must agree on, and nothing else. */
const CONTRACT = [
  'bearer.ts',
  'channels.ts',
  'claims.ts',
  'common-settings.ts',
  'credential.ts',
  'keyring.ts',
  'keys.ts',
  'media-access.ts',
  'networks.ts',
  'online-heartbeat.ts',
  'revocation-cache.ts',
  'revocation-entries.ts',
  'revocation-log.ts',
  'service-token-cache.ts',
  'service-token.ts',
  'sidecar-cohort.ts',
  'stream-end.ts',
  'stream-instances.ts',
  'stream-ticket.ts',
  'token.ts',
  'verdict.ts',
]

/** Which files of `runtime/` the core may use: those that touch no process, socket or store. */
const PURE = [
  'deadline.ts',
  'describe-schema.ts',
  'event-loop-yield.ts',
  'evict-oldest.ts',
  'failure-reporter.ts',
  'hash.ts',
  'interval.ts',
  'listeners.ts',
  'log.ts',
  'paced-work.ts',
  'poll.ts',
  'retry.ts',
  'time.ts',
  'token-bucket.ts',
  'validation-message.ts',
]

/** Who alone may use a package that needs guarding. */
const ONLY: Record<string, readonly string[]> = {
  'ami-io': ['api/asterisk/ami-client.ts'],
  ioredis: ['runtime/redis.ts', 'contract/revocation-log.ts', 'api/store/redis/'],
  pg: ['api/store/sql/'],
  kysely: ['api/store/sql/'],
  '@photostructure/sqlite': ['api/store/sql/'],
  '@node-rs/argon2': ['api/core/auth/password.ts'],
  otpauth: ['api/core/auth/second-factor/totp.ts'],
  '@simplewebauthn/server': ['api/core/auth/second-factor/relying-party.ts'],
  jose: ['api/core/auth/tokens.ts', 'api/http/operational-routes.ts', 'api/openid/'],
  'openid-client': ['api/openid/'],
  hono: ['sidecar/operations-app.ts', 'api/http/'],
  pino: ['runtime/log.ts'],
  ldapts: ['api/ldap/'],
}

const files = ['contract', 'runtime', 'sidecar', 'relay', 'api', 'bin', 'console'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => /(?<!\.d)\.tsx?$/.test(name))
    .map((name) => join(folder, name)),
)
const folderOf = (file: string) =>
  Object.keys(MAY_IMPORT)
    .filter((folder) => file.startsWith(`${folder}/`))
    .sort((a, b) => b.length - a.length)[0] ?? ''

interface Import {
  file: string
  target: string
}
const imports: Import[] = files.flatMap((file) =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
    ([, target = '']) => ({
      file,
      target: target.startsWith('.') ? relative(root, normalize(join(root, dirname(file), target))) : target,
    }),
  ),
)
const isLocal = ({ target }: Import) => files.includes(target)

describe('architecture', () => {
  test('reads all files and imports of the code', () => {
    expect(files.length).toBeGreaterThan(40)
    expect(imports.filter(isLocal).length).toBeGreaterThan(80)
    expect(files.filter((file) => folderOf(file) === '')).toEqual([])
  })

  test('a folder imports only the folders that MAY_IMPORT lists', () => {
    const stray = imports.filter(isLocal).filter(({ file, target }) => {
      const [from, to] = [folderOf(file), folderOf(target)]
      return from !== to && !MAY_IMPORT[from]?.includes(to)
    })
    expect(stray).toEqual([])
  })

  test('a command joins modules by one file of the wiring alone', () => {
    const used = imports.filter(isLocal).filter(({ file, target }) => {
      return file.startsWith('bin/') && target.startsWith('api/wiring/')
    })
    expect(used).toEqual([{ file: 'bin/admin/import-users.ts', target: 'api/wiring/account-sources.ts' }])
  })

  test('the core uses only the pure files of runtime/', () => {
    const used = imports.filter(isLocal).filter(({ file }) => file.startsWith('api/core/'))
    const stray = used.filter(
      ({ target }) => target.startsWith('runtime/') && !PURE.includes(target.slice('runtime/'.length)),
    )
    expect(stray).toEqual([])
  })

  test('a migration imports no rule that may change after its release', () => {
    const isMigration = (path: string) => path.startsWith('api/store/sql/migrations/')
    const migrations = imports.filter(isLocal).filter(({ file }) => isMigration(file))
    expect(migrations.length).toBeGreaterThan(5)
    // Tables are types alone, and leave nothing in a program.
    const types = 'api/store/sql/tables.ts'
    expect(migrations.filter(({ target }) => !isMigration(target) && target !== types)).toEqual([])
  })

  test('a screen imports no other screen', () => {
    const screen = (path: string) => /^console\/screens\/([\w-]+)\//.exec(path)?.[1]
    const stray = imports.filter(({ file, target }) => {
      const [from, to] = [screen(file), screen(target)]
      return from !== undefined && to !== undefined && from !== to
    })
    expect(stray).toEqual([])
  })

  test('a surface imports no other surface', () => {
    const surface = (path: string) => /^api\/http\/(\w+)\//.exec(path)?.[1]
    const stray = imports.filter(({ file, target }) => {
      const [from, to] = [surface(file), surface(target)]
      return from !== undefined && to !== undefined && from !== to
    })
    expect(stray).toEqual([])
  })

  test('contract/ holds the listed files and no other', () => {
    expect(
      files.filter((file) => file.startsWith('contract/')).map((file) => file.slice('contract/'.length)),
    ).toEqual(CONTRACT)
  })

  test('a guarded package is imported only by its guard', () => {
    const stray = imports.filter(({ file, target }) => {
      const name = Object.keys(ONLY).find((one) => target === one || target.startsWith(`${one}/`))
      return name !== undefined && !ONLY[name]?.some((place) => file.startsWith(place))
    })
    expect(stray).toEqual([])
  })

  test('only the listed files turn the issues of a validator into text', () => {
    const words = /prettifyError|flattenError|treeifyError|\.issues\b|ZodError/
    const found = files.filter((file) => words.test(readFileSync(join(root, file), 'utf8')))
    // The onboarding document lists each fault, a bad row names its column; the settings join theirs with those of files.
    expect(found.sort()).toEqual([
      'api/core/call-center/leads/parse-lead-row.ts',
      'api/http/onboarding/errors.ts',
      'api/http/onboarding/routes.ts',
      'runtime/env.ts',
      'runtime/validation-message.ts',
    ])
  })

  test('a number becomes one that may be dialled in one place, behind the policy and the do-not-call list', () => {
    const makers = files.filter((file) => readFileSync(join(root, file), 'utf8').includes('as ClearedNumber'))
    expect(makers).toEqual(['api/core/dial-policy/clearance.ts'])
    // Each order to the PBX that reaches a number asks for one: a text does not compile.
    const orders = readFileSync(join(root, 'api/core/calls/pbx.ts'), 'utf8')
    expect(orders.match(/\bnumber: \w+/g)).toEqual([
      'number: ClearedNumber',
      'number: ClearedNumber',
      'number: string',
      'number: ClearedNumber',
      'number: string',
    ])
  })

  test('no file imports itself, directly or through others', () => {
    const next = new Map(
      files.map((file) => [file, imports.filter((one) => one.file === file && isLocal(one))]),
    )
    const done = new Set<string>()
    const rounds: string[] = []
    const walk = (file: string, path: readonly string[]) => {
      if (path.includes(file)) rounds.push([...path.slice(path.indexOf(file)), file].join(' -> '))
      if (done.has(file) || path.includes(file)) return
      for (const { target } of next.get(file) ?? []) walk(target, [...path, file])
      done.add(file)
    }
    for (const file of files) walk(file, [])
    expect(rounds).toEqual([])
  })
})
