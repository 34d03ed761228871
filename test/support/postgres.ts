import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import pg from 'pg'

/** A real PostgreSQL with its own data, for this process alone: it listens on a socket in a private folder. */
export interface PostgresServer {
  /** Of the database `postgres`, as its superuser. */
  readonly url: string
  /** Where its socket is. */
  readonly socket: string
  /** Makes an empty database and returns its url. */
  database(): Promise<string>
  /** Dies at once, as of kill -9. */
  kill(): Promise<void>
  /** Comes back after `kill` with what it had. */
  start(): Promise<void>
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

/** The folder of `postgres` and `initdb`: HOOKSWITCH_TEST_PG_BIN, else Debian's newest, else one in PATH. */
export function findPostgres(): string | undefined {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : []
  const folders = [
    process.env.HOOKSWITCH_TEST_PG_BIN,
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ]
  return folders.find(
    (folder) => folder && existsSync(join(folder, 'initdb')) && existsSync(join(folder, 'postgres')),
  )
}

/** @throws when none is installed, or with what it printed when it does not start */
export async function startPostgres(): Promise<PostgresServer> {
  const bin = findPostgres()
  if (!bin)
    throw new Error('no PostgreSQL found: install one or name its bin folder in HOOKSWITCH_TEST_PG_BIN')

  const folder = await mkdtemp(join(tmpdir(), 'pg-'))
  const as = await unprivileged()
  if (as) await chown(folder, as.uid, as.gid)
  const command = (program: string, args: string[]) =>
    [...(as?.prefix ?? []), join(bin, program), ...args] as [string, ...string[]]

  const data = join(folder, 'data')
  await run(
    command('initdb', [
      '-D',
      data,
      '-U',
      'hookswitch',
      '-A',
      'trust',
      '-E',
      'UTF8',
      '--no-locale',
      '--no-sync',
    ]),
  )

  const urlOf = (database: string) =>
    `postgres://hookswitch@localhost/${database}?host=${encodeURIComponent(folder)}`
  const url = urlOf('postgres')
  let server: ChildProcess | undefined
  let databases = 0

  const start = async () => {
    const [program, ...args] = command('postgres', ['-D', data, '-k', folder, '-h', '', '-F'])
    server = await launch(program, args, url)
  }
  const end = async (signal: NodeJS.Signals) => {
    if (server?.exitCode !== null || server.signalCode !== null) return
    const exited = new Promise((exit) => server?.once('exit', exit))
    server.kill(signal)
    await exited
  }
  await start()

  return {
    url,
    socket: join(folder, '.s.PGSQL.5432'),
    async database() {
      const name = `test_${++databases}`
      await queryOnce(url, `create database ${name}`)
      return urlOf(name)
    },
    kill: () => end('SIGKILL'),
    start,
    async stop() {
      await end('SIGQUIT')
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
    },
  }
}

/** One statement over a connection of its own. */
export async function queryOnce(url: string, sql: string): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 })
  client.on('error', () => {})
  try {
    await client.connect()
    return await client.query(sql)
  } finally {
    await client.end().catch(() => {})
  }
}

/** Tries until it is up: after a kill its old children may hold the memory a moment longer. */
async function launch(program: string, args: string[], url: string): Promise<ChildProcess> {
  let output = ''
  for (let tries = 0; tries < 75; tries++) {
    output = ''
    const server = spawn(program, args, { cwd: '/', env: environment(), stdio: ['ignore', 'ignore', 'pipe'] })
    server.stderr?.setEncoding('utf8').on('data', (text) => {
      output = (output + text).slice(-4000)
    })
    const exited = new Promise<void>((exit) => server.once('exit', () => exit()))
    while (server.exitCode === null && server.signalCode === null) {
      if (await queryOnce(url, 'select 1').then(Boolean, () => false)) return server
      await Promise.race([exited, sleep(50)])
    }
    await sleep(200)
  }
  throw new Error(`PostgreSQL did not start:\n${output}`)
}

/** PostgreSQL refuses to run as root. If the tests are killed, it gets SIGTERM. */
async function unprivileged(): Promise<{ uid: number; gid: number; prefix: string[] } | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const id = async (flag: string) => Number(await run(['id', flag, 'nobody']))
  const [uid, gid] = await Promise.all([id('-u'), id('-g')])
  const prefix = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--pdeathsig=QUIT']
  return { uid, gid, prefix }
}

async function run([program, ...args]: [string, ...string[]]): Promise<string> {
  // Away from the working folder, which `nobody` may not be allowed to enter.
  const { stdout } = await promisify(execFile)(program, args, { cwd: '/', env: environment() })
  return stdout
}

/** With the libraries of a PostgreSQL that was fetched rather than installed. */
function environment(): NodeJS.ProcessEnv {
  const libraries = process.env.HOOKSWITCH_TEST_PG_LIBS
  return libraries === undefined ? process.env : { ...process.env, LD_LIBRARY_PATH: libraries }
}
