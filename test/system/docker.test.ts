import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { parse } from 'yaml'
import { findOrFetch, type Program } from '../../bin/system/programs.ts'
import { redact } from '../../runtime/log.ts'
import { selfSigned } from '../api/provisioning/self-signed.ts'
import { project, systemFolder } from '../support/build.ts'
import { freePort } from '../support/free-port.ts'
import { requestJson } from '../support/http-client.ts'
import { waitUntil } from '../support/stack.ts'

/** What this test reads of docker-compose.yml; test/docker-*.unit.test.ts check its shape. */
interface Service {
  command: string[]
  stop_signal?: NodeJS.Signals
  environment: Record<string, string>
  healthcheck: { test: string[] }
}
const read = (path: string) => readFileSync(join(project, path), 'utf8')
const { services } = parse(read('docker-compose.yml'), { merge: true }) as Record<
  'services',
  Record<'setup' | 'redis' | 'sidecar' | 'api' | 'streams' | 'relay' | 'nginx', Service>
> // as above
type Name = keyof typeof services

const { nginx, redis } = await findOrFetch(systemFolder, ['nginx', 'redis'], () => {})
const folder = mkdtempSync(join(tmpdir(), 'hs-docker-'))
const [port, redisPort] = [await freePort(), await freePort()]

/** The containers' paths and addresses, as folders and ports of this test. */
const places: [RegExp, string][] = [
  [/\/run\/hookswitch/g, join(folder, 'run')],
  [/\/var\/lib\/hookswitch/g, join(folder, 'data')],
  [/\/etc\/hookswitch/g, join(folder, 'etc')],
  [/\/var\/lib\/nginx/g, join(folder, 'prefix')],
  [/\/tmp\/nginx/g, join(folder, 'temp')],
  [/\/usr\/local\/bin\/(?=\w+\.sh)/g, `${join(folder, 'bin')}/`],
  [/load_module "[^"]*";/g, nginx.nchanModule === undefined ? '' : `load_module "${nginx.nchanModule}";`],
  [/redis:\/\/redis:6379/g, `redis://127.0.0.1:${redisPort}`],
  [/0\.0\.0\.0:8080|^8080$/g, String(port)],
]
const here = (text: string) => places.reduce((so, [place, ours]) => so.replace(place, ours), text)
const unset = (text: string) => text.replace(/\$\{\w+:-([^}]*)\}/g, '$1')
const PATH = `${join(folder, 'bin')}:${process.env.PATH ?? ''}`

/** A container's environment, and nothing of ours. */
const envOf = (name: Name, more: Record<string, string> = {}) => ({
  ...Object.fromEntries(
    Object.entries(services[name].environment ?? {}).map(([key, value]) => [key, here(unset(value))]),
  ),
  ...more,
  PATH,
})

const runNode = (program: string, env: Record<string, string>, args: readonly string[] = []) =>
  spawnSync(process.execPath, [program, ...args], { cwd: project, env, encoding: 'utf8' })

const children = new Map<Name, ChildProcess>()
/** Into files, as /dev/stdout can be opened again only where it is a file, a pipe or a terminal. */
const output = (name: Name) => ({ out: join(folder, `${name}.out`), err: join(folder, `${name}.err`) })
function start(name: Name, command: string, args: readonly string[], env: Record<string, string>) {
  const { out, err } = output(name)
  const stdio = ['ignore' as const, openSync(out, 'a'), openSync(err, 'a')]
  // A group of its own, as a container is: killed, it leaves nothing behind.
  children.set(name, spawn(command, args, { cwd: project, env, stdio, detached: true }))
}
/** The front, or an instance of Nchan with the arguments that its service gives. */
const startNginx = (name: 'nginx' | 'streams' = 'nginx') =>
  start(name, 'bash', [join(folder, 'bin/entrypoint.sh'), ...(services[name].command ?? [])], {
    PATH,
    ...nginx.env,
  })

async function end(name: Name, signal: NodeJS.Signals): Promise<number | null> {
  const child = children.get(name)
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return null
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve))
  if (signal === 'SIGKILL') process.kill(-(child.pid ?? Number.NaN), signal)
  else child.kill(signal)
  return ended
}

/** What Docker would learn by a service's own healthcheck. */
function isHealthy(name: Name): boolean {
  const [kind, ...words] = services[name].healthcheck.test
  const [command = '', ...args] = (kind === 'CMD-SHELL' ? ['sh', '-c', ...words] : words).map(here)
  return spawnSync(command, args, { env: { PATH }, stdio: 'ignore', timeout: 10_000 }).status === 0
}

/** nginx/Dockerfile's own call of the renderer, and the variables it sets for it. */
function render(more: Record<string, string> = {}) {
  const text = read('nginx/Dockerfile').replace(/\\\n\s*/g, '')
  const call = /^RUN node dist\/render-nginx\.js (.*?) && /m.exec(text)?.[1] ?? ''
  const env = Object.fromEntries([...text.matchAll(/(HOOKSWITCH_\w+)=(\S+)/g)].map(([, k, v]) => [k, v]))
  const out = join(folder, 'etc', 'nginx')
  const args = call.replace('/etc/hookswitch/nginx', out).split(' ')
  const result = runNode('dist/render-nginx.js', { ...env, ...more, PATH }, args)
  return { ...result, out }
}

/** What is rendered for the containers, at home in our folders. */
function renderHere(more: Record<string, string> = {}): string {
  const { out, status, stderr } = render(more)
  if (status !== 0) throw new Error(stderr)
  for (const name of readdirSync(out)) {
    const text = here(readFileSync(join(out, name), 'utf8'))
    // nginx gives up root for `nobody`, who could not open the sockets; a container has no root to give up.
    const user = name === 'nginx.conf' && process.getuid?.() === 0 ? 'user root root;\n' : ''
    writeFileSync(join(out, name), user + text)
  }
  return join(out, 'nginx.conf')
}

const allIn = (path: string) =>
  readdirSync(path)
    .map((name) => readFileSync(join(path, name), 'utf8'))
    .join('\n')

beforeAll(() => {
  for (const name of ['run', 'data', 'etc', 'prefix', 'temp', 'bin', 'redis']) {
    mkdirSync(join(folder, name), { mode: 0o700 })
  }
  for (const name of ['entrypoint.sh', 'healthcheck.sh']) {
    writeFileSync(join(folder, 'bin', name), here(read(`nginx/${name}`)), { mode: 0o755 })
  }
  writeFileSync(join(folder, 'etc/redact.sed'), read('nginx/redact.sed'))
  const program = (name: string, { path, env }: Program, args = '') => {
    const set = Object.entries(env).map(([key, value]) => `export ${key}="${value}"\n`)
    const text = `#!/bin/sh\n${set.join('')}exec "${path}" ${args} "$@"\n`
    writeFileSync(join(folder, 'bin', name), text, { mode: 0o755 })
  }
  program('nginx', nginx)
  if (redis.cli === undefined) throw new Error('redis-cli is needed, and there is none beside redis-server')
  program('redis-cli', redis.cli, `-p ${redisPort}`)
})

afterAll(async () => {
  for (const name of [...children.keys()].reverse()) await end(name, 'SIGKILL')
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
})

let password = ''

describe('set-up', () => {
  const setUp = (more: Record<string, string> = {}) => {
    const [, ...args] = services.setup.command
    return runNode(args.at(-1) ?? '', envOf('setup', more), [])
  }

  test('makes a key, a database and the first admin, and shows the password', () => {
    const { status, stdout, stderr } = setUp()
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    password = /admin \/ (\S{20})/.exec(stdout)?.[1] ?? ''
    expect(password).not.toBe('')

    const keys = join(folder, 'data/keys')
    const [file = '', ...more] = readdirSync(keys)
    expect(more).toEqual([])
    expect(file).toMatch(/^hs256-.*\.key$/)
    expect(statSync(join(keys, file)).mode & 0o777).toBe(0o600)
    expect(statSync(keys).mode & 0o777).toBe(0o700)
    expect(stdout).not.toContain(readFileSync(join(keys, file), 'utf8').trim())
    expect(statSync(join(folder, 'data/database/hookswitch.db')).mode & 0o777).toBe(0o600)
  })

  test('run again, it changes nothing and shows no password', () => {
    const before = readdirSync(join(folder, 'data/keys'))
    const { status, stdout } = setUp()
    expect(status).toBe(0)
    expect(stdout).not.toMatch(/admin/)
    expect(readdirSync(join(folder, 'data/keys'))).toEqual(before)
  })

  test('another algorithm gets a key of its own, beside the old one', () => {
    expect(setUp({ HOOKSWITCH_TOKEN_ALG: 'EdDSA' }).status).toBe(0)
    const kinds = readdirSync(join(folder, 'data/keys')).map((name) => name.split('-')[0])
    expect(kinds.sort()).toEqual(['eddsa', 'hs256'])
  })

  test.each([
    ['a wrong setting', { HOOKSWITCH_TOKEN_ALG: 'none-hunter2' }, /^setup: HOOKSWITCH_TOKEN_ALG: [^\n]*\n$/],
    [
      'a database nobody answers for',
      { DATABASE_URL: 'postgres://u:hunter2@127.0.0.1:1/x' },
      /^setup: [^\n]*\n$/,
    ],
  ])('%s ends it with one line that holds no value', (_, env, words) => {
    const { status, stdout, stderr } = setUp(env)
    expect([1, 78]).toContain(status)
    expect(stderr).toMatch(words)
    expect(stdout + stderr).not.toContain('hunter2')
  })
})

describe('nginx, as its image has it', () => {
  test.each([
    ['as it stands', {}],
    [
      'with every setting',
      {
        HOOKSWITCH_NGINX_WORKERS: '3',
        HOOKSWITCH_NCHAN_MEMORY: '32',
        HOOKSWITCH_ALLOWED_ORIGINS: 'https://a.example, https://b.example',
        HOOKSWITCH_TRUSTED_PROXIES: '172.18.0.1,10.0.0.0/8',
        HOOKSWITCH_TLS_CERT_FILE: join(folder, 'etc/tls/fullchain.pem'),
        HOOKSWITCH_TLS_KEY_FILE: join(folder, 'etc/tls/privkey.pem'),
      },
    ],
  ])('takes its configuration %s', (_, settings) => {
    const conf = renderHere(settings)
    const args = ['-t', '-e', 'stderr', '-p', join(folder, 'prefix'), '-c', conf]
    const stdio = ['ignore' as const, openSync(output('nginx').out, 'a'), 'pipe' as const]
    const env = { ...process.env, ...nginx.env }
    const { status, stderr } = spawnSync(nginx.path, args, { env, encoding: 'utf8', stdio })
    expect(stderr).toContain('test is successful')
    expect(status).toBe(0)
    const text = allIn(join(folder, 'etc/nginx'))
    for (const value of Object.values(settings).flatMap((one) => one.split(/, ?/))) {
      expect(text).toContain(value)
    }
  })

  test('is rendered for the containers, not for this machine', () => {
    const { out } = render()
    const text = allIn(out)
    expect(text).toContain('load_module "/usr/lib/nginx/modules/ngx_nchan_module.so";')
    expect(text).toContain('listen 0.0.0.0:8080;')
    expect(text).toContain('server "unix:/run/hookswitch/sidecar.sock" max_fails=0;')
    expect(text).toContain('access_log "/dev/stdout" hookswitch;')
    expect(text).not.toContain(project)
    expect(text).not.toMatch(/@\w+@/)
  })

  test.each([
    ['a value that could become a directive', { HOOKSWITCH_ALLOWED_ORIGINS: 'https://a;hunter2' }],
    ['a worker count of words', { HOOKSWITCH_NGINX_WORKERS: 'hunter2' }],
  ])('%s is refused and not printed', (_, settings) => {
    const { status, stdout, stderr } = render(settings)
    expect(status).toBe(78)
    expect(stderr).toMatch(/^render-nginx: HOOKSWITCH_/)
    expect(stdout + stderr).not.toContain('hunter2')
  })

  const jws = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln_-bmF0dXJl'
  test.each([
    `connect() failed, client: 1.2.3.4, request: "GET /media/a.wav?token=${jws} HTTP/1.1", host: "x"`,
    `referrer: "https://app.example/call?number=123&name=Bob"`,
    `header Authorization: Bearer abc.def.ghi, and bearer  xyz`,
    `two in a line: ${jws} and ${jws}`,
    'GET /a?x=1 and /b?y=2',
    'nothing to strike, not even eyJ or a lone ?',
    '?all',
    'back\\slash ?a\\b "quoted ?c" \'?d\'',
    'BEARER SHOUTED, Bearer\tTabbed',
    'ünïcode ?größe=1 end',
  ])('strikes the same as the supervisor: %s', (line) => {
    const sed = ['-u', '-E', '-f', join(project, 'nginx/redact.sed')]
    const struck = execFileSync('sed', sed, {
      input: `${line}\n`,
      encoding: 'utf8',
      env: { PATH, LC_ALL: 'C' },
    })
    expect(struck).toBe(`${redact(line)}\n`)
  })

  test('strikes what is no UTF-8, too', () => {
    const sed = ['-u', '-E', '-f', join(project, 'nginx/redact.sed')]
    const input = Buffer.from('GET /\xff?secret\xfe\xff end\n', 'latin1')
    const struck = execFileSync('sed', sed, { input, env: { PATH, LC_ALL: 'C' } })
    expect(struck.toString('latin1')).toBe('GET /\xff?[query] end\n')
  })
})

/** Everything docker-compose.yml starts, with its commands, settings and healthchecks, as processes here. */
describe('the whole, as docker-compose.yml has it', () => {
  const startNode = (name: 'sidecar' | 'relay' | 'api') => {
    const [, ...args] = services[name].command
    start(name, process.execPath, args, envOf(name, { HOOKSWITCH_MAX_STALENESS: '2' }))
  }
  const startRedis = () => {
    const [, ...args] = services.redis.command
    const place = ['--port', String(redisPort), '--bind', '127.0.0.1', '--dir', join(folder, 'redis')]
    start('redis', redis.path, [...args, ...place], { PATH, ...redis.env })
  }
  const url = `http://127.0.0.1:${port}`
  const base = `${url}/pbxcore/api/module-softphone-backend/v1`
  const login = () => requestJson(`${base}/auth/login`, { json: { username: 'admin', password } })

  beforeAll(async () => {
    expect(isHealthy('redis')).toBe(false)
    startRedis()
    await waitUntil('Redis is healthy', () => isHealthy('redis'))
    expect([isHealthy('sidecar'), isHealthy('api')]).toEqual([false, false])
    startNode('sidecar')
    startNode('api')
    await waitUntil('the sidecar is healthy', () => isHealthy('sidecar'))
    await waitUntil('the api is healthy', () => isHealthy('api'))
    renderHere()
    expect([isHealthy('streams'), isHealthy('nginx')]).toEqual([false, false])
    startNginx('streams')
    await waitUntil('the instance of Nchan is healthy', () => isHealthy('streams'))
    expect(isHealthy('relay')).toBe(false)
    startNode('relay')
    await waitUntil('its relay is healthy', () => isHealthy('relay'))
    startNginx()
    await waitUntil('nginx is healthy', () => isHealthy('nginx'))
  })

  test('lets the first admin in with the password set-up has shown', async () => {
    const { status, body } = await login()
    expect(status).toBe(200)
    const profile = await requestJson(`${base}/profile`, { token: String(body.access_token) })
    expect(profile.status).toBe(200)
  })

  test('serves a file to a valid token alone', async () => {
    mkdirSync(join(folder, 'data/media/1000'), { recursive: true })
    writeFileSync(join(folder, 'data/media/1000/a.txt'), 'hello')
    const { body } = await login()
    const file = `${url}/media/1000/a.txt`
    expect((await fetch(file)).status).toBe(401)
    const seen = await fetch(file, { headers: { Authorization: `Bearer ${body.access_token}` } })
    expect(await seen.text()).toBe('hello')
  })

  test('the access log on stdout names paths, never queries', async () => {
    await fetch(`${url}/media/1000/a.txt?token=hunter2`)
    const log = () => readFileSync(output('nginx').out, 'utf8')
    await waitUntil('the request is logged', () => log().includes('/media/1000/a.txt'))
    const lines = log().trim().split('\n')
    expect(lines.map((line) => typeof JSON.parse(line).status)).not.toContain('undefined')
    expect(log()).not.toContain('hunter2')
  })

  test('without a sidecar nginx is not healthy, and its error log on stderr holds no query', async () => {
    await end('sidecar', 'SIGKILL')
    expect(isHealthy('nginx')).toBe(false)
    expect(isHealthy('sidecar')).toBe(false)
    expect((await fetch(`${url}/media/1000/a.txt?token=hunter3`)).status).toBe(503)
    const log = () => readFileSync(output('nginx').err, 'utf8')
    await waitUntil('the error is logged', () => log().includes('/media/1000/a.txt?[query]'))
    expect(log()).not.toContain('hunter3')

    startNode('sidecar')
    await waitUntil('nginx is healthy again', () => isHealthy('nginx'))
  })

  test('a hung sidecar is not healthy, and neither is nginx', async () => {
    children.get('sidecar')?.kill('SIGSTOP')
    expect([isHealthy('sidecar'), isHealthy('nginx')]).toEqual([false, false])
    children.get('sidecar')?.kill('SIGCONT')
    await waitUntil('both are healthy again', () => isHealthy('sidecar') && isHealthy('nginx'))
  })

  test('without Redis no service is healthy for longer than the staleness bound, and all recover', async () => {
    await end('redis', 'SIGKILL')
    expect(isHealthy('redis')).toBe(false)
    await waitUntil(
      'nobody is healthy',
      () => !isHealthy('sidecar') && !isHealthy('api') && !isHealthy('nginx'),
    )
    startRedis()
    await waitUntil('all are', () => isHealthy('redis') && isHealthy('api') && isHealthy('nginx'))
    expect((await login()).status).toBe(200)
  })

  test('a killed nginx starts again, although its socket is still there', async () => {
    await end('nginx', 'SIGKILL')
    expect(statSync(join(folder, 'run/nginx.sock')).isSocket()).toBe(true)
    expect(isHealthy('nginx')).toBe(false)
    startNginx()
    await waitUntil('nginx is healthy', () => isHealthy('nginx'))
  })

  test('with a certificate it is healthy over TLS, and redirects what comes without', async () => {
    const files = { CERT: join(folder, 'etc/tls/fullchain.pem'), KEY: join(folder, 'etc/tls/privkey.pem') }
    const { cert, key } = selfSigned()
    mkdirSync(join(folder, 'etc/tls'))
    writeFileSync(files.CERT, cert)
    writeFileSync(files.KEY, key)
    const restart = async (more: Record<string, string>) => {
      await end('nginx', 'SIGTERM')
      renderHere(more)
      startNginx()
      await waitUntil('nginx is healthy', () => isHealthy('nginx'))
    }
    await restart({ HOOKSWITCH_TLS_CERT_FILE: files.CERT, HOOKSWITCH_TLS_KEY_FILE: files.KEY })
    expect((await fetch(`${url}/health`, { redirect: 'manual' })).status).toBe(308)
    await restart({})
    expect((await fetch(`${url}/health`)).status).toBe(200)
  })

  test('a killed instance of Nchan starts again, although its sockets are still there', async () => {
    await end('streams', 'SIGKILL')
    expect(statSync(join(folder, 'run/publish-1.sock')).isSocket()).toBe(true)
    expect(isHealthy('streams')).toBe(false)
    startNginx('streams')
    await waitUntil('the instance is healthy', () => isHealthy('streams'))
    const { body } = await login()
    const stream = await fetch(`${base}/sub/users-state`, {
      headers: { Authorization: `Bearer ${body.access_token}`, Accept: 'text/event-stream' },
    })
    expect(stream.status).toBe(200)
    await stream.body?.cancel()
  })

  test('a WebSocket is taken by the relay', async () => {
    const { body } = await login()
    const socket = new WebSocket(`${base.replace('http', 'ws')}/sub/users-state`, {
      headers: { Authorization: `Bearer ${body.access_token}` },
    })
    await new Promise((resolve) => socket.once('open', resolve))
    socket.terminate()
  })

  test('all end politely when Docker stops them', async () => {
    await end('streams', services.streams.stop_signal ?? 'SIGTERM')
    for (const name of ['nginx', 'relay', 'api', 'sidecar', 'redis'] as const) {
      expect([name, await end(name, 'SIGTERM')]).toEqual([name, 0])
    }
  })
})

test('the set-up of a demo folder is refused: its passwords are public', () => {
  const data = mkdtempSync(join(tmpdir(), 'hs-demo-'))
  writeFileSync(join(data, 'demo'), '')
  chmodSync(data, 0o700)
  const { status, stderr } = runNode('dist/setup.js', { HOOKSWITCH_DATA: data, PATH })
  expect(status).toBe(1)
  expect(stderr).toContain('--demo')
  rmSync(data, { recursive: true })
})

/** What this machine's apt offers, where it is of the Debian that nginx's image is. */
function offered(name: string): string[] {
  const { stdout } = spawnSync('apt-cache', ['madison', name], { encoding: 'utf8' })
  return (stdout ?? '').split('\n').flatMap((line) => line.split('|')[1]?.trim() ?? [])
}
const isBookworm = /^VERSION_CODENAME=bookworm$/m.test(
  spawnSync('cat', ['/etc/os-release'], { encoding: 'utf8' }).stdout ?? '',
)
test.skipIf(!isBookworm || offered('nginx').length === 0)(
  'Debian’s mirror has the versions that nginx’s image pins (skipped: no apt of that Debian)',
  () => {
    const pin = (name: string) =>
      new RegExp(`^ARG ${name}_VERSION=(.*)\\*$`, 'm').exec(read('nginx/Dockerfile'))?.[1] ?? 'none'
    for (const [variable, name] of [
      ['NGINX', 'nginx'],
      ['NCHAN', 'libnginx-mod-nchan'],
    ] as const) {
      expect(offered(name).filter((version) => version.startsWith(pin(variable)))).not.toEqual([])
    }
  },
)
