import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { appendFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { configurePbx, PHONE_201_SECRET } from '../../bin/stack/pbx-conf.ts'
import { findOrUnpackAsterisk, type AsteriskInstall as Programs } from '../../bin/system/asterisk.ts'
import {
  configuringConf,
  contactsConf,
  loadConf,
  phonesConf,
  sha256Conf,
  trunkConf,
  webPhonesConf,
} from './asterisk-conf.ts'
import { project, systemFolder } from './build.ts'
import { webEndpointsConf } from './console/web-endpoints-conf.ts'
import { freePort } from './free-port.ts'

export interface AmiUser {
  username: string
  secret: string
}

/** A real Asterisk with configuration, ports and state of its own, on loopback only. */
export interface AsteriskServer {
  readonly programs: Programs
  readonly amiPort: number
  readonly sipPort: number
  /** Where outside numbers are dialled to; undefined without a trunk. */
  readonly trunkPort: number | undefined
  /** Of docs/asterisk/manager.conf, which it runs with; `config` with `configures` only. */
  readonly users: { events: AmiUser; control: AmiUser; config: AmiUser }
  /** Of docs/asterisk/{http,ari}.conf, which it runs with. */
  readonly ari: { port: number; username: string; secret: string }
  /** Where browsers register, on the port of ARI. */
  readonly webSocketUrl: string
  /** Of all phones but 201, and of the trunk. */
  readonly phoneSecret: string
  /** Where it puts what it records. */
  readonly recordings: string
  /** Its configuration files. */
  readonly etc: string
  secretOf(extension: string): string
  /** Runs a command of its CLI. @returns what it prints */
  cli(command: string): Promise<string>
  /** Stands still with its sockets open, until it is thawed or killed. */
  freeze(): Promise<void>
  thaw(): void
  /** Dies at once, as of kill -9. */
  kill(): Promise<void>
  /** Ends what runs and comes back on the same ports with what it had, fully booted. */
  restart(): Promise<void>
  /** Ends it and removes its state. */
  stop(): Promise<void>
}

export interface AsteriskOptions {
  /** Dials outside numbers (0…, +…) by an endpoint `trunk`, and takes calls from it. */
  trunk?: boolean
  /** 200 more phones, 2000 to 2199. */
  load?: boolean
  /** Runs with docs/asterisk/pjsip_wizard.conf, and has an AMI user that may write it. */
  withConfigUser?: boolean
  /** An extension 1005 of several phones. */
  sharedExtension?: boolean
  /** Endpoints of browsers, by name. */
  webPhones?: readonly string[]
  /** Endpoints of browsers, 1003-web and 1000-web, which 1903 and 1900 ring. */
  webEndpoints?: boolean
  /** An extension 1006 that takes no digest but SHA-256. */
  sha256Phone?: boolean
}

const findInstall = (progress: (line: string) => void) =>
  findOrUnpackAsterisk(systemFolder, join(project, 'bin', 'pbx'), progress)

/**
 * Unpacks Asterisk into the folder of fetched programs, unless it is there.
 * @returns why it cannot be had here, if so
 */
export async function whyAsteriskUnavailable(): Promise<string | undefined> {
  try {
    await findInstall((line) => console.log(line))
    return undefined
  } catch (err) {
    return err instanceof Error ? err.message : String(err)
  }
}

/** @throws with what it printed when it does not boot */
export async function startAsterisk(options: AsteriskOptions = {}): Promise<AsteriskServer> {
  const programs = await findInstall(() => {})
  const folder = await mkdtemp(join(tmpdir(), 'asterisk-'))
  const [amiPort, sipPort, rtpPort] = [await freePort(), await freePort(), await freePort()]
  const ariPort = await freePort()
  const trunkPort = options.trunk ? await freePort() : undefined
  const secret = () => randomBytes(16).toString('hex')
  const secrets = { events: secret(), control: secret(), phones: secret() }
  const [ariSecret, configSecret] = [secret(), secret()]
  const first = Math.min(rtpPort - (rtpPort % 2), options.load ? 64_000 : 65_000)
  const conf = configurePbx(project, {
    asterisk: programs,
    folder,
    run: join(folder, 'run'),
    sipPort,
    amiPort,
    ari: { port: ariPort, secret: ariSecret },
    rtpPorts: { first, last: first + (options.load ? 1_499 : 199) },
    secrets,
  })
  const more = [
    phonesConf(secrets.phones),
    ...(trunkPort === undefined ? [] : [trunkConf(trunkPort, secrets.phones)]),
    ...(options.sharedExtension ? [contactsConf(secrets.phones)] : []),
    ...(options.load ? [loadConf(secrets.phones)] : []),
    ...(options.withConfigUser ? [configuringConf(project, configSecret)] : []),
    ...(options.webPhones ? [webPhonesConf(options.webPhones, secrets.phones)] : []),
    ...(options.webEndpoints ? [webEndpointsConf(secrets.phones)] : []),
    ...(options.sha256Phone ? [sha256Conf(secrets.phones)] : []),
  ]
  for (const files of more) {
    for (const [name, text] of Object.entries(files)) await appendFile(join(folder, 'etc', name), text)
  }

  let server = await boot(programs.program, folder, conf)
  const end = async (signal: NodeJS.Signals) => {
    if (server.exitCode !== null || server.signalCode !== null) return
    const exited = new Promise((exit) => server.once('exit', exit))
    server.kill(signal)
    const late = setTimeout(() => server.kill('SIGKILL'), 5_000)
    await exited
    clearTimeout(late)
  }
  return {
    programs,
    amiPort,
    sipPort,
    trunkPort,
    users: {
      events: { username: 'hookswitch-events', secret: secrets.events },
      control: { username: 'hookswitch-control', secret: secrets.control },
      config: { username: 'hookswitch-config', secret: configSecret },
    },
    ari: { port: ariPort, username: 'hookswitch', secret: ariSecret },
    webSocketUrl: `ws://127.0.0.1:${ariPort}/ws`,
    phoneSecret: secrets.phones,
    recordings: join(folder, 'spool', 'monitor'),
    etc: join(folder, 'etc'),
    secretOf: (extension) => (extension === '201' ? PHONE_201_SECRET : secrets.phones),
    cli: async (command) =>
      (await promisify(execFile)(programs.program, ['-C', conf, '-rx', command])).stdout,
    async freeze() {
      server.kill('SIGSTOP')
      while (!(await isStopped(server))) await sleep(5)
    },
    thaw: () => void server.kill('SIGCONT'),
    kill: () => end('SIGKILL'),
    async restart() {
      await end('SIGTERM')
      server = await boot(programs.program, folder, conf)
    },
    async stop() {
      await end('SIGTERM')
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
    },
  }
}

/** Every thread of it: a signal stops them one after another. */
async function isStopped({ pid }: ChildProcess): Promise<boolean> {
  const tasks = await readdir(`/proc/${pid}/task`)
  const stats = await Promise.all(tasks.map((task) => readFile(`/proc/${pid}/task/${task}/stat`, 'utf8')))
  return stats.every((stat) => /\) T /.test(stat))
}

async function boot(program: string, folder: string, conf: string): Promise<ChildProcess> {
  // If the tests are killed, it gets SIGTERM.
  const server = spawn('setpriv', ['--pdeathsig=TERM', program, '-f', '-C', conf], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  let failed = false
  for (const stream of [server.stdout, server.stderr]) {
    stream.setEncoding('utf8').on('data', (text) => {
      output = (output + text).slice(-4_000)
    })
  }
  server.on('error', (err) => {
    failed = true
    output += err.message
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
  throw new Error(`Asterisk did not boot:\n${output}`)
}
