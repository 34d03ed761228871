import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findOrFetch, type Program } from '../../../bin/system/programs.ts'
import { findOnPath } from '../../../bin/system/run-program.ts'
import { SetupError } from '../../../bin/system/setup-error.ts'

const exec = promisify(execFile)
const quiet = () => {}

// a person's own overrides would answer before there is anything to fetch
const env = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !name.startsWith('HOOKSWITCH_')),
)
const programsHere = await Promise.all(
  ['nginx', 'redis-server'].map((it) => findOnPath(it, env, ['/usr/sbin', '/usr/local/sbin'])),
)
const canFetch =
  programsHere.every((it) => it === undefined) && (await findOnPath('apt-get', env)) !== undefined

let base = ''
let first = { data: '', seconds: 0, lines: [] as string[], hostBefore: '', hostAfter: '' }

beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), 'hookswitch-programs-'))
  await chmod(base, 0o755)
  await bundleCommand()
  if (!canFetch) return
  const [data, lines, hostBefore, start] = [
    join(base, 'first'),
    [] as string[],
    await hostListing(),
    performance.now(),
  ]
  await findOrFetch(data, ['nginx', 'redis'], (line) => lines.push(line), env)
  first = {
    data,
    lines,
    seconds: (performance.now() - start) / 1000,
    hostBefore,
    hostAfter: await hostListing(),
  }
})

afterAll(() => rm(base, { recursive: true, force: true, maxRetries: 3 }))

describe.skipIf(!canFetch)('where nothing is installed', () => {
  test('nginx with Nchan and Redis are fetched and run', async () => {
    const found = await findOrFetch(first.data, ['nginx', 'redis'], quiet, env)
    expect((await start(found.nginx, '-v')).stderr).toContain('nginx version: nginx/1.')
    expect((await start(found.redis, '--version')).stdout).toContain('Redis server v=')
    expect((await start(found.redis.cli ?? found.redis, '--version')).stdout).toContain('redis-cli')
    expect(first.lines.join('\n')).toMatch(
      /fetching nginx with Nchan and Redis from \w+ \(\d+ packages, [\d.]+ MB\)/,
    )
  })

  test('the fetched nginx starts with Nchan, keeping to its prefix', async () => {
    const { nginx } = await findOrFetch(first.data, ['nginx'], quiet, env)
    const prefix = await mkdtemp(join(base, 'prefix-'))
    await writeFile(join(prefix, 'nginx.conf'), nchanConf(prefix, nginx.nchanModule))
    await start(nginx, '-t', '-e', 'stderr', '-p', prefix, '-c', join(prefix, 'nginx.conf'))
    expect(await readdir(prefix)).toContain('nchan-message-files')
  })

  test('nothing of the host is written', () => {
    expect(first.hostBefore).toContain('/var/lib/dpkg/status ')
    expect(first.hostAfter).toBe(first.hostBefore)
  })

  test('a second call needs no apt and takes a small part of the time', async () => {
    const begun = performance.now()
    const lines: string[] = []
    await findOrFetch(first.data, ['nginx', 'redis'], (line) => lines.push(line), { PATH: base })
    expect((performance.now() - begun) / 1000 / first.seconds).toBeLessThan(0.2)
    expect(lines).toEqual([])
  })

  test.each([
    ['while it fetches', async (line: Promise<void>) => line],
    ['while it unpacks', async (_: Promise<void>, data: string) => until(() => holds(data, '.new-'))],
  ])(
    'a first run killed %s is no obstacle to the next',
    async (_, moment) => {
      const data = await mkdtemp(join(base, 'killed-'))
      const child = command(data, ['nginx', 'redis'], { detached: true })
      await moment(child.line('fetching'), data)
      process.kill(-(child.pid ?? Number.NaN), 'SIGKILL')
      await child.ended
      expect(await readdir(data)).not.toContain('redis')

      await findOrFetch(data, ['nginx', 'redis'], quiet, env)
      expect((await readdir(data)).sort()).toEqual(['.lock', 'nginx', 'redis'])
    },
    60_000,
  )

  test('two processes at once both find what one of them fetched', async () => {
    const data = await mkdtemp(join(base, 'two at once-'))
    const both = [command(data, ['nginx', 'redis']), command(data, ['nginx', 'redis'])]
    expect(await Promise.all(both.map((it) => it.ended))).toEqual([0, 0])
    expect(both.flatMap((it) => it.lines.filter((line) => line.startsWith('fetching')))).toHaveLength(1)
  }, 60_000)

  test.skipIf(process.getuid?.() !== 0)(
    'no root is needed',
    async () => {
      const data = await mkdtemp(join(base, 'nobody-'))
      await chown(data, 65534, 65534)
      const child = command(data, ['nginx', 'redis'], { nobody: true })
      expect([await child.ended, child.lines.at(-1)]).toEqual([0, 'found'])
      expect((await stat(join(data, 'nginx/root/usr/sbin/nginx'))).uid).toBe(65534)
    },
    60_000,
  )

  test("the machine's nginx does not count without Nchan", async () => {
    const { nginx } = await findOrFetch(first.data, ['nginx'], quiet, env)
    const bin = await mkdtemp(join(base, 'bin-'))
    await symlink(nginx.path, join(bin, 'nginx'))
    expect((await findOrFetch(first.data, ['nginx'], quiet, { PATH: bin })).nginx).toEqual(nginx)
    await expect(
      findOrFetch(join(base, 'none'), ['nginx'], quiet, { HOOKSWITCH_NGINX: nginx.path }),
    ).rejects.toThrow('it has no Nchan')
  })

  test("the machine's module is used through a copy that keeps to nginx's prefix", async () => {
    const { nginx } = await findOrFetch(first.data, ['nginx'], quiet, env)
    const shipped = (await readFile(nginx.nchanModule ?? '', 'latin1')).replace(
      'nchan-message-files',
      '/var/lib/nginx/body',
    )
    const module = join(base, 'shipped.so')
    await writeFile(module, shipped, 'latin1')

    const data = join(base, 'copy')
    const overrides = { ...env, HOOKSWITCH_NGINX: nginx.path, HOOKSWITCH_NCHAN_MODULE: module }
    const found = await findOrFetch(data, ['nginx'], quiet, overrides)
    expect(found.nginx.nchanModule).toContain(join(data, 'machine/'))
    expect(await readFile(module, 'latin1')).toBe(shipped)
  })

  test('wrk and fail2ban are fetched and run, and leave the others alone', async () => {
    const before = await stat(join(first.data, 'nginx'))
    const { wrk, fail2ban } = await findOrFetch(first.data, ['wrk', 'fail2ban'], quiet, env)
    expect((await start(wrk, '-v').catch((error) => error)).stdout).toContain('wrk ')
    const { stdout } = await start(fail2ban, 'x from 1.2.3.4', 'from <HOST>')
    expect(stdout).toContain('1 matched')
    expect((await stat(join(first.data, 'nginx'))).ctimeMs).toBe(before.ctimeMs)
  }, 60_000)

  test('a dead mirror is reported in one line that names what to do', async () => {
    const dead = {
      ...env,
      http_proxy: 'http://me:hidden@127.0.0.1:9',
      https_proxy: 'http://me:hidden@127.0.0.1:9',
    }
    const { message } = await refusal(join(base, 'dead'), dead)
    expect(message).toMatch(
      /^cannot find nginx with Nchan and Redis, nor fetch: .*; install nginx, .* or set HOOKSWITCH_/,
    )
    expect(message).not.toMatch(/\n|hidden/)
    expect(await readdir(join(base, 'dead'))).toEqual(['.lock'])
  }, 60_000)

  test('so is a machine without apt', async () => {
    const { message } = await refusal(join(base, 'none'), { PATH: base })
    expect(message).toContain('there is no apt-get here; install nginx, libnginx-mod-nchan, redis-server')
  })
})

test.each(['HOOKSWITCH_NGINX', 'HOOKSWITCH_NCHAN_MODULE', 'HOOKSWITCH_REDIS_SERVER'])(
  '%s naming nothing is reported in one line',
  async (name) => {
    const { message } = await refusal(join(base, 'none'), { ...env, [name]: '/nowhere/it' })
    expect(message).toBe(`${name} names /nowhere/it, and nothing is there`)
  },
)

test('an nginx that is too old is refused with its version', async () => {
  const old = join(base, 'old-nginx')
  await writeFile(old, '#!/bin/sh\necho nginx version: nginx/1.18.0 >&2\n', { mode: 0o755 })
  const { message } = await refusal(join(base, 'none'), { ...env, HOOKSWITCH_NGINX: old })
  expect(message).toContain('it is 1.18.0, and 1.22 is needed')
})

async function refusal(data: string, environment: Record<string, string | undefined>): Promise<SetupError> {
  const error = await findOrFetch(data, ['nginx', 'redis'], quiet, environment).catch((it: unknown) => it)
  if (!(error instanceof SetupError)) throw new Error('not refused', { cause: error })
  return error
}

function start(program: Program, ...args: string[]) {
  return exec(program.path, args, { env: { ...env, ...program.env } })
}

const nchanConf = (prefix: string, module: string | undefined) => `
  ${module ? `load_module ${module};` : ''} pid ${prefix}/pid; events {}
  http {
    access_log off; client_body_temp_path b; proxy_temp_path p; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;
    server { listen unix:${prefix}/sock; location / { nchan_subscriber; nchan_channel_id x; } }
  }`

/** Path, size and time of change of everything apt, dpkg or nginx might touch. */
async function hostListing(): Promise<string> {
  const folders = [
    '/var/lib/dpkg',
    '/var/lib/apt',
    '/var/cache/apt',
    '/var/log/apt',
    '/etc',
    '/var/lib/nginx',
    '/var/log/nginx',
  ]
  const listing = exec('find', [...folders, '-printf', '%p %s %T@ %C@\n'], { maxBuffer: 1e8 })
  return (await listing.catch((error: { stdout: string }) => error)).stdout // `find` complains of folders not there
}

/** `findOrFetch` as a program of its own, to be killed, or run by another user. */
async function bundleCommand(): Promise<void> {
  const contents = `
    import { findOrFetch } from './bin/system/programs.ts'
    const [data, ...needs] = process.argv.slice(2)
    await findOrFetch(data, needs, console.log)
    console.log('found')`
  const stdin = { contents, resolveDir: process.cwd() }
  await build({
    stdin,
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: join(base, 'find.mjs'),
    logLevel: 'error',
  })
}

function command(data: string, needs: string[], about: { detached?: boolean; nobody?: boolean } = {}) {
  const own = [process.execPath, join(base, 'find.mjs'), data, ...needs]
  const [path, ...args] = about.nobody
    ? ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups', ...own]
    : own
  const child = spawn(path ?? '', args, {
    env,
    cwd: '/',
    detached: about.detached ?? false,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const lines: string[] = []
  child.stdout.on('data', (chunk: Buffer) => lines.push(...chunk.toString().trim().split('\n')))
  return {
    pid: child.pid,
    lines,
    line: (word: string) => until(async () => lines.some((line) => line.startsWith(word))),
    ended: once(child, 'close').then(([code]): number | null => code),
  }
}

async function holds(folder: string, part: string): Promise<boolean> {
  return (await readdir(folder).catch(() => [])).some((name) => name.includes(part))
}

async function until(holdsNow: () => Promise<boolean>): Promise<void> {
  while (!(await holdsNow())) await new Promise((resolve) => setTimeout(resolve, 2))
}
