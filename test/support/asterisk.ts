import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { project, systemFolder } from './build.ts'
import { freePort } from './port.ts'

const prefix = join(systemFolder, 'asterisk')
const recipe = join(project, 'test', 'pbx')

export interface AmiUser {
  username: string
  secret: string
}

/** A real Asterisk with configuration, ports and state of its own, on loopback only. */
export interface Asterisk {
  readonly amiPort: number
  readonly sipPort: number
  /** Of docs/asterisk/manager.conf, which it runs with. */
  readonly users: { events: AmiUser; control: AmiUser }
  /** Of the phones 1001, 1002 and 1003. */
  readonly phoneSecret: string
  /** Stands still with its sockets open, until it is killed. */
  freeze(): Promise<void>
  /** Dies at once, as of kill -9. */
  kill(): Promise<void>
  /** Ends what runs and comes back on the same ports with what it had, fully booted. */
  restart(): Promise<void>
  /** Ends it and removes its state. */
  stop(): Promise<void>
}

/**
 * Unpacks Asterisk into the folder of fetched programs, unless it is there.
 * @returns why it cannot be had here, if so
 */
export async function asteriskMissing(): Promise<string | undefined> {
  try {
    await promisify(execFile)(join(recipe, 'install.sh'), [prefix])
    return undefined
  } catch (err) {
    const { stderr, message } = err as { stderr?: string; message: string } // what execFile rejects with
    return (stderr || message).trim().split('\n').at(-1)
  }
}

/** @throws with what it printed when it does not boot */
export async function startAsterisk(): Promise<Asterisk> {
  const folder = await mkdtemp(join(tmpdir(), 'asterisk-'))
  const [amiPort, sipPort, rtpPort] = [await freePort(), await freePort(), await freePort()]
  const secret = () => randomBytes(16).toString('hex')
  const users = {
    events: { username: 'hookswitch-events', secret: secret() },
    control: { username: 'hookswitch-control', secret: secret() },
  }
  const phoneSecret = secret()
  const rtpStart = Math.min(rtpPort - (rtpPort % 2), 65_000)
  await configure(folder, {
    FOLDER: folder,
    PREFIX: prefix,
    MODULES: await modulesFolder(),
    DATA: join(prefix, 'root/usr/share/asterisk'),
    SIP_PORT: String(sipPort),
    RTP_START: String(rtpStart),
    RTP_END: String(rtpStart + 199),
    PHONE_SECRET: phoneSecret,
  })
  await writeFile(
    join(folder, 'etc/manager.conf'),
    replaceEach(await readFile(join(project, 'docs/asterisk/manager.conf'), 'utf8'), {
      'port = 5038': `port = ${amiPort}`,
      'CHANGE-ME-EVENTS': users.events.secret,
      'CHANGE-ME-CONTROL': users.control.secret,
    }),
  )

  let server = await boot(folder)
  const end = async (signal: NodeJS.Signals) => {
    if (server.exitCode !== null || server.signalCode !== null) return
    const exited = new Promise((exit) => server.once('exit', exit))
    server.kill(signal)
    const late = setTimeout(() => server.kill('SIGKILL'), 5_000)
    await exited
    clearTimeout(late)
  }
  return {
    amiPort,
    sipPort,
    users,
    phoneSecret,
    async freeze() {
      server.kill('SIGSTOP')
      while (!(await standsStill(server))) await sleep(5)
    },
    kill: () => end('SIGKILL'),
    async restart() {
      await end('SIGTERM')
      server = await boot(folder)
    },
    async stop() {
      await end('SIGTERM')
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
    },
  }
}

async function configure(folder: string, words: Record<string, string>) {
  for (const name of ['lib', 'lib/keys', 'log', 'run', 'spool'])
    await mkdir(join(folder, name), { mode: 0o700 })
  const etc = join(folder, 'etc')
  await cp(join(recipe, 'conf'), etc, { recursive: true })
  for (const name of await readdir(etc)) {
    const text = await readFile(join(etc, name), 'utf8')
    await writeFile(
      join(etc, name),
      text.replace(/@([A-Z_]+)@/g, (_, word: string) => words[word] ?? ''),
    )
  }
}

/** @throws where one of the words is not there: the documented file has changed */
function replaceEach(text: string, words: Record<string, string>): string {
  return Object.entries(words).reduce((out, [word, value]) => {
    if (!out.includes(word)) throw new Error(`manager.conf has no '${word}'`)
    return out.replace(word, value)
  }, text)
}

async function modulesFolder(): Promise<string> {
  const lib = join(prefix, 'root/usr/lib')
  const found = (await readdir(lib))
    .map((name) => join(lib, name, 'asterisk/modules'))
    .find((one) => existsSync(one))
  return found ?? join(lib, 'asterisk/modules')
}

/** Every thread of it: a signal stops them one after another. */
async function standsStill({ pid }: ChildProcess): Promise<boolean> {
  const tasks = await readdir(`/proc/${pid}/task`)
  const stats = await Promise.all(tasks.map((task) => readFile(`/proc/${pid}/task/${task}/stat`, 'utf8')))
  return stats.every((stat) => /\) T /.test(stat))
}

async function boot(folder: string): Promise<ChildProcess> {
  const program = join(prefix, 'bin/asterisk')
  const conf = join(folder, 'etc/asterisk.conf')
  // Should the tests be killed, it is told to end as well.
  const server = spawn('setpriv', ['--pdeathsig=TERM', program, '-f', '-C', conf], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  let failed = false
  for (const output of [server.stdout, server.stderr]) {
    output.setEncoding('utf8').on('data', (text) => {
      said = (said + text).slice(-4_000)
    })
  }
  server.on('error', (err) => {
    failed = true
    said += err.message
  })
  server.on('exit', () => {
    failed = true
  })
  const deadline = performance.now() + 60_000
  while (!failed && performance.now() < deadline) {
    const answer = await promisify(execFile)(program, ['-C', conf, '-rx', 'core waitfullybooted']).catch(
      () => ({ stdout: '' }),
    )
    if (answer.stdout.includes('fully booted')) return server
    await sleep(50)
  }
  server.kill('SIGKILL')
  throw new Error(`Asterisk did not boot:\n${said}`)
}
