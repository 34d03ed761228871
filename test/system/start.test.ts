import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, describe, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { openDatabase } from '../../api/store/sql/database.ts'
import { project, systemFolder } from '../support/build.ts'
import { freePort } from '../support/free-port.ts'
import { login, logout, mediaStatus, publish, requestJson } from '../support/http-client.ts'
import { runHookswitch } from '../support/run-hookswitch.ts'
import { type ProcessName, type Stack, startStack, waitUntil } from '../support/stack.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'hs-'))
  cleanups.push(() => rmSync(path, { recursive: true, force: true }))
  return path
}

async function stackIn(data: string, options: Parameters<typeof startStack>[0] = {}): Promise<Stack> {
  const stack = await startStack({ data, keepData: true, ...options })
  cleanups.push(() => stack.stop())
  return stack
}

/** Runs start to its end, which is expected to come by itself. */
const startEnds = (env: Record<string, string>, ...args: string[]) => ends('start', env, ...args)

/** Runs a program of `dist/` to its end. */
function ends(
  program: string,
  env: Record<string, string>,
  ...args: string[]
): Promise<{ code: number | null; printed: string; said: string }> {
  const child = spawn(process.execPath, [join(project, 'dist', `${program}.js`), ...args], {
    env: { ...process.env, HOOKSWITCH_SYSTEM: systemFolder, ...env },
  })
  cleanups.push(() => child.kill('SIGKILL'))
  let printed = ''
  let said = ''
  child.stdout.on('data', (chunk) => (printed += chunk))
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (said += chunk))
  return new Promise((resolve) => child.once('close', (code) => resolve({ code, printed, said })))
}

const isAlive = (pid: number) => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
const PARTS: readonly ProcessName[] = ['redis', 'sidecar', 'api', 'nginx']

describe('a first start', () => {
  test('creates an admin and shows the password only once', async () => {
    const data = folder()
    const first = await stackIn(data, { demo: false })
    const password = /admin \/ (\S+)/.exec(first.output())?.[1] ?? ''
    expect(password).toMatch(/^[\w-]{20}$/)
    await login(first, 'admin', password)
    expect(first.output()).toContain('curl')
    await first.stop()

    const second = await stackIn(data, { demo: false })
    expect(second.output()).not.toContain(password)
    expect(second.output()).not.toContain('first admin')
    expect(second.output()).toContain('bin/hookswitch.mjs users passwd admin')
    await login(second, 'admin', password)
    for (const file of ['hookswitch.db', 'log/api.log', 'log/security.log']) {
      expect(readFileSync(join(data, file), 'latin1')).not.toContain(password)
    }
    expect(statSync(join(data, 'keys')).mode & 0o077).toBe(0)
  })

  test('that fails after it made the admin has shown the password, once and on stdout', async () => {
    const data = folder()
    const failed = await startEnds({
      HOOKSWITCH_DATA: data,
      HOOKSWITCH_PORT: String(await freePort()),
      HOOKSWITCH_DIAL_POLICY: join(data, 'missing.json'),
    })
    expect(failed).toMatchObject({ code: 78, said: expect.stringContaining('HOOKSWITCH_DIAL_POLICY') })
    const shown = [...failed.printed.matchAll(/admin \/ ([\w-]{20}) /g)]
    expect(shown).toHaveLength(1)

    const second = await stackIn(data, { demo: false })
    await login(second, 'admin', shown[0]?.[1] ?? '')
  })
})

describe('a second start', () => {
  test('keeps users, keys, sessions, revocations and the snapshot', async () => {
    const data = folder()
    const first = await stackIn(data)
    const [live, dead] = [await login(first), await login(first)]
    await logout(first, dead)
    await publish(first, { states: {}, from: 'before' })
    await first.stop()

    const second = await stackIn(data)
    expect(await mediaStatus(second, '1001/hello.wav', live.access)).toBe(200)
    expect(await mediaStatus(second, '1001/hello.wav', dead.access)).toBe(401)
    const { body } = await requestJson(`${second.base}/sub/users-state`, { token: live.access })
    expect(body).toMatchObject({ from: 'before' })
  })

  test('after kill -9 of everything loses nothing that was acknowledged', async () => {
    const data = folder()
    const first = await stackIn(data)
    const [live, dead] = [await login(first), await login(first)]
    expect((await logout(first, dead)).status).toBe(200)
    for (const part of PARTS) first.signal(part, 'SIGKILL')
    await first.stop()

    const second = await stackIn(data)
    expect(await mediaStatus(second, '1001/hello.wav', live.access)).toBe(200)
    expect(await mediaStatus(second, '1001/hello.wav', dead.access)).toBe(401)
  })

  test('ends what a killed start left running, and takes its place', async () => {
    const data = folder()
    const port = String(await freePort())
    const killed = await stackIn(data, { env: { HOOKSWITCH_PORT: port } })
    const left = PARTS.map((part) => killed.pid(part))
    process.kill(Number(readFileSync(join(data, 'start.pid'), 'latin1').split(' ')[0]), 'SIGKILL')
    await killed.stop()

    const next = await stackIn(data, { env: { HOOKSWITCH_PORT: port } })
    await login(next)
    await waitUntil('the old ones are gone', () => left.every((pid) => !isAlive(pid)))
  })
})

describe('a backup of a running one', () => {
  test('restored elsewhere has the user of a moment ago, and what was logged out stays out', async () => {
    const [data, elsewhere] = [folder(), folder()]
    const backup = join(folder(), 'backup')
    const first = await stackIn(data)
    const [live, dead] = [await login(first), await login(first)]
    expect(await runHookswitch(data, ['users', 'add', 'w1'])).toMatchObject({
      code: 0,
    })
    await logout(first, dead)
    expect(await runHookswitch(data, ['backup', backup])).toMatchObject({ code: 0 })
    const late = await login(first)
    await first.stop()

    expect(await runHookswitch(elsewhere, ['restore', backup, '--keep-sessions'])).toMatchObject({
      code: 0,
    })
    expect((await runHookswitch(elsewhere, ['users', 'list'])).out).toContain(' w1 ')
    const second = await stackIn(elsewhere)
    expect(await mediaStatus(second, '1001/hello.wav', dead.access)).toBe(401)
    expect(await mediaStatus(second, '1001/hello.wav', live.access)).toBe(200)
    await second.stop()

    rmSync(elsewhere, { recursive: true })
    expect(await runHookswitch(elsewhere, ['restore', backup])).toMatchObject({ code: 0 })
    const third = await stackIn(elsewhere)
    for (const { access } of [dead, live, late]) {
      expect(await mediaStatus(third, '1001/hello.wav', access)).toBe(401)
    }
    const again = await login(third)
    await waitUntil(
      'a new token is good',
      async () => (await mediaStatus(third, '1001/hello.wav', again.access)) === 200,
    )
  }, 180_000)
})

describe('while it runs', () => {
  test('a part that dies is started again, and stopping stops everything', async () => {
    const stack = await stackIn(folder())
    for (const part of PARTS) {
      const before = stack.pid(part)
      stack.signal(part, 'SIGKILL')
      await waitUntil(`another ${part}`, () => stack.pid(part) !== before)
    }
    expect(stack.output()).toContain('starting it again in 200 ms')
    await waitUntil('it all works', async () => {
      const json = { username: 'user1', password: 'password' }
      const answer = await requestJson(`${stack.base}/auth/login`, { json }).catch(() => undefined) // nginx is not back yet
      return answer?.status === 200
    })
    const pids = PARTS.map((part) => stack.pid(part))
    await stack.stop()
    await waitUntil('nothing is left', () => pids.every((pid) => !isAlive(pid)))
  })

  test('an orderly stop closes WebSockets with a code after which clients connect again', async () => {
    const stack = await stackIn(folder())
    const { access } = await login(stack)
    const codes = [`${stack.base}/sub/users-state`, `${stack.url}/ws?extension=1001`].map((url) => {
      const headers = { Authorization: `Bearer ${access}` }
      const socket = new WebSocket(url.replace('http', 'ws'), { headers })
      return {
        opened: new Promise((resolve) => socket.once('open', resolve)),
        code: new Promise((resolve) => socket.once('close', resolve)),
      }
    })
    await Promise.all(codes.map(({ opened }) => opened))
    await stack.stop()
    expect(await Promise.all(codes.map(({ code }) => code))).toEqual([1012, 1001])
  })

  test('a second one on the same folder is refused with the way out', async () => {
    const data = folder()
    await stackIn(data)
    const { code, said } = await startEnds({
      HOOKSWITCH_DATA: data,
      HOOKSWITCH_PORT: String(await freePort()),
    })
    expect(code).toBe(1)
    expect(said.trim()).toMatch(/^hookswitch: already running as process \d+: stop it .*$/)
  })
})

/** Every process that has this folder on its command line or in its environment. */
const processesOf = (data: string) =>
  readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid) || pid === String(process.pid)) return false
    try {
      return ['cmdline', 'environ'].some((file) =>
        readFileSync(`/proc/${pid}/${file}`, 'latin1').includes(data),
      )
    } catch {
      return false // it is gone, or is not ours to read
    }
  })

describe('what was started by npm', () => {
  /** As `npm start` does it, on the bundle that the tests have. */
  function npmStart(data: string, port: number) {
    const { scripts } = JSON.parse(readFileSync(join(project, 'package.json'), 'utf8'))
    const start = scripts.start.replace('bin/start.mjs', join(project, 'dist', 'start.js'))
    const place = folder()
    writeFileSync(
      join(place, 'package.json'),
      JSON.stringify({ name: 'x', type: 'module', scripts: { start } }),
    )
    const npm = spawn('npm', ['start', '--', '--demo'], {
      cwd: place,
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ...process.env,
        HOOKSWITCH_SYSTEM: systemFolder,
        HOOKSWITCH_DATA: data,
        HOOKSWITCH_PORT: String(port),
      },
    })
    cleanups.push(() => {
      for (const pid of processesOf(data)) process.kill(Number(pid), 'SIGKILL')
    })
    let said = ''
    npm.stdout.on('data', (chunk) => (said += chunk))
    return { pid: npm.pid ?? 0, said: () => said }
  }

  test.each([
    ['npm is asked to end', 'SIGTERM', 'Hookswitch runs'],
    ['npm is killed', 'SIGKILL', 'Hookswitch runs'],
    ['its terminal is closed', 'SIGHUP', 'Hookswitch runs'],
    ['npm is asked to end before it has started', 'SIGTERM', undefined],
  ] as const)('ends whole when %s', async (_, signal, said) => {
    const data = folder()
    const npm = npmStart(data, await freePort())
    if (said === undefined) await waitUntil('Redis starts', () => existsSync(join(data, 'run', 'redis.id')))
    else await waitUntil('it runs', () => npm.said().includes(said))
    expect(processesOf(data).length).toBeGreaterThan(2)
    // A terminal signals all that it runs.
    process.kill(signal === 'SIGHUP' ? -npm.pid : npm.pid, signal)
    await waitUntil('nothing is left', () => processesOf(data).length === 0)
    expect(existsSync(join(data, 'start.pid'))).toBe(false)
  })
})

describe('a failed start is reported in one line that names what to do', () => {
  const taken = () =>
    new Promise<{ server: Server; port: string }>((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => {
        const address = server.address()
        resolve({ server, port: String(typeof address === 'object' ? address?.port : '') })
      })
    })

  test('a port that is taken', async () => {
    const { server, port } = await taken()
    cleanups.push(() => server.close())
    const { code, said } = await startEnds({ HOOKSWITCH_DATA: folder(), HOOKSWITCH_PORT: port })
    expect(code).toBe(1)
    expect(said).toMatch(new RegExp(`hookswitch: port ${port} of 127.0.0.1 is taken: .*HOOKSWITCH_PORT.*\n$`))
  })

  test.each([
    ['a time zone that stands for several', { HOOKSWITCH_TIME_ZONE: 'EST' }, /HOOKSWITCH_TIME_ZONE/],
    ['a port that is no number', { HOOKSWITCH_PORT: 'http' }, /HOOKSWITCH_PORT/],
    [
      'a lifetime below the least',
      { HOOKSWITCH_ACCESS_TTL: '1' },
      /HOOKSWITCH_ACCESS_TTL: must be 10 seconds or more/,
    ],
    ['an address of nobody here', { HOOKSWITCH_HOST: '192.0.2.1' }, /HOOKSWITCH_HOST/],
    ['a Redis that is not there', { REDIS_URL: 'redis://127.0.0.1:1' }, /no Redis answers at REDIS_URL/],
    [
      'a database that is not there',
      { DATABASE_URL: 'postgres://nobody:s3cret@127.0.0.1:1/x' },
      /DATABASE_URL/,
    ],
    ['a database nobody knows', { DATABASE_URL: 'mysql://nobody:s3cret@x/y' }, /DATABASE_URL/],
    ['an nginx that is not there', { HOOKSWITCH_NGINX: '/nonexistent/nginx' }, /HOOKSWITCH_NGINX/],
    ['a module that is none', { HOOKSWITCH_NCHAN_MODULE: '/bin/true' }, /HOOKSWITCH_NCHAN_MODULE/],
    [
      'an origin that would be a directive',
      { HOOKSWITCH_ALLOWED_ORIGINS: 'https://a;}' },
      /HOOKSWITCH_ALLOWED_ORIGINS/,
    ],
  ])('%s', async (_, env, words) => {
    const data = folder()
    const port = String(await freePort())
    const { code, said } = await startEnds({ HOOKSWITCH_DATA: data, HOOKSWITCH_PORT: port, ...env }, '--demo')
    const lines = said
      .trim()
      .split('\n')
      .filter((line) => !line.startsWith('running as root'))
    // A setting that is wrong by itself is so the next time, too: no supervisor has to try again.
    expect([1, 78]).toContain(code)
    expect(lines.at(-1)).toMatch(words)
    expect(lines.at(-1)).toMatch(/^hookswitch: /)
    expect(said).not.toContain('s3cret')
    expect(said).not.toContain('    at ')
  })

  test('--demo beyond loopback', async () => {
    const { code, said } = await startEnds(
      { HOOKSWITCH_DATA: folder(), HOOKSWITCH_HOST: '0.0.0.0' },
      '--demo',
    )
    expect(code).toBe(1)
    expect(said).toContain('--demo has public passwords and listens on loopback only')
  })

  test('a folder of --demo, started without', async () => {
    const data = folder()
    await (await stackIn(data)).stop()
    const { code, said } = await startEnds({
      HOOKSWITCH_DATA: data,
      HOOKSWITCH_PORT: String(await freePort()),
    })
    expect(code).toBe(1)
    expect(said).toContain('was made with --demo')
  })

  test('a database of a newer version, which stays as it is', async () => {
    const data = folder()
    await (await stackIn(data, { demo: false })).stop()
    const url = `sqlite:${join(data, 'hookswitch.db')}`
    const db = await openDatabase(url)
    cleanups.push(() => db.close())
    await sql`insert into kysely_migration values ('0099-future', '2099-01-01')`.execute(db.query)
    const env = { HOOKSWITCH_DATA: data, HOOKSWITCH_PORT: String(await freePort()) }
    const newer = /: this database was made by a newer version of Hookswitch .*0099-future.*\n$/
    for (const ended of [
      await startEnds(env),
      await ends('setup', env),
      await ends('hookswitch', env, 'users', 'list'),
      await ends('api', { ...env, HOOKSWITCH_RUN: data, REDIS_URL: 'redis://127.0.0.1:1' }),
    ]) {
      expect(ended).toMatchObject({ code: 78, said: expect.stringMatching(newer) })
      expect(ended.said).not.toContain('    at ')
    }
    const { rows } = await sql<{ name: string }>`select name from kysely_migration`.execute(db.query)
    expect(rows.at(-1)).toEqual({ name: '0099-future' })
  })

  test('a key that others may read', async () => {
    const data = folder()
    await (await stackIn(data)).stop()
    const name = 'hs256-20260101T000000000Z-00000000.key'
    writeFileSync(join(data, 'keys', name), `${'ab'.repeat(32)}\n`, { mode: 0o644 })
    const { code, said } = await startEnds(
      { HOOKSWITCH_DATA: data, HOOKSWITCH_PORT: String(await freePort()) },
      '--demo',
    )
    expect(code).toBe(1)
    expect(said).toMatch(/hookswitch: .* is readable by others: chmod 600 it\n$/)
  })
})
