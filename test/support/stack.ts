import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { project, systemFolder } from './build.ts'
import { freePort } from './free-port.ts'

export type ProcessName =
  | 'redis'
  | 'sidecar'
  | 'api'
  | 'nginx'
  | 'stream-1'
  | 'stream-2'
  | 'relay-1'
  | 'relay-2'
  | 'asterisk'
  | 'phone-1001'
  | 'phone-1002'

/** A whole Hookswitch, started the way a person starts it, in a folder of its own. */
export interface Stack {
  url: string
  /** The prefix of the softphone surface. */
  base: string
  data: string
  run: string
  /** What start has printed. */
  output(): string
  pid(part: ProcessName): number
  /** Signals one part: SIGKILL, SIGSTOP, SIGCONT, SIGHUP … The supervisor lives on. */
  signal(part: ProcessName, signal: NodeJS.Signals): void
  /** Every log of this stack, as one text. */
  logs(): string
  stop(): Promise<void>
}

export interface StackOptions {
  demo?: boolean
  /** With an Asterisk of its own: HOOKSWITCH_PBX_… hold its address. */
  pbx?: boolean
  /** With a certificate that it makes itself. */
  https?: boolean
  env?: Record<string, string>
  /** An earlier stack's folder, to start on what it left. */
  data?: string
  /** Keeps the folder after `stop`. */
  keepData?: boolean
}

/** @throws {Error} with the output of start when it does not come up */
export async function startStack(options: StackOptions = {}): Promise<Stack> {
  const data = options.data ?? mkdtempSync(join(tmpdir(), 'hs-'))
  const port = Number(options.env?.HOOKSWITCH_PORT ?? (await freePort()))
  const flags = [
    ...((options.demo ?? true) ? ['--demo'] : []),
    ...(options.pbx ? ['--pbx'] : []),
    ...(options.https ? ['--https'] : []),
  ]
  const args = [join(project, 'dist', 'start.js'), ...flags]
  const child = spawn(process.execPath, args, {
    env: {
      ...process.env,
      HOOKSWITCH_DATA: data,
      HOOKSWITCH_PORT: String(port),
      HOOKSWITCH_SYSTEM: systemFolder,
      HOOKSWITCH_NGINX_WORKERS: '2',
      HOOKSWITCH_NCHAN_MEMORY: '32',
      // A few test users have all streams between them; the limit has a test of its own.
      HOOKSWITCH_MAX_STREAMS_PER_USER: '100000',
      // Tests log in far more often than people do; what throttles has tests of its own.
      HOOKSWITCH_LOGIN_PER_ACCOUNT: '100000',
      HOOKSWITCH_LOGIN_PER_ADDRESS: '100000',
      HOOKSWITCH_MIKOPBX_LOGINS: '100000',
      HOOKSWITCH_MIKOPBX_REFRESHES: '100000',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said: string[] = []
  const isTls = options.https || options.env?.HOOKSWITCH_TLS_CERT_FILE !== undefined
  const url = `${isTls ? 'https' : 'http'}://127.0.0.1:${port}`
  await new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        said.push(line)
        // The last of the three lines to try.
        if (line.includes('/sub/users-state')) resolve()
      })
    }
    child.once('close', (code) => reject(new Error(`start ended with ${code}: ${said.join('\n')}`)))
  })

  const run = join(data, 'run')
  const pid = (part: ProcessName) => Number(readFileSync(join(run, `${part}.id`), 'latin1').split(' ')[0])
  return {
    url,
    base: `${url}/pbxcore/api/module-softphone-backend/v1`,
    data,
    run,
    output: () => said.join('\n'),
    pid,
    signal: (part, signal) => process.kill(pid(part), signal),
    logs: () => readAll(join(data, 'log')) + said.join('\n'),
    async stop() {
      await stopped(child)
      if (!options.keepData) rmSync(data, { recursive: true, force: true })
    },
  }
}

function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.once('close', () => resolve())
    child.kill('SIGTERM')
  })
}

const readAll = (folder: string) =>
  readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join('\n')

/** Waits until `holds` is true, and names what was waited for when it never is. */
export async function waitUntil(
  what: string,
  condition: () => boolean | Promise<boolean>,
  // Long enough for a machine that does much else.
  withinMs = 40_000,
): Promise<void> {
  const end = performance.now() + withinMs
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`never happened: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
