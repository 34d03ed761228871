import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { AsteriskServer } from './asterisk.ts'
import { project } from './build.ts'
import { freeLowPort } from './free-port.ts'

type Pbx = Pick<AsteriskServer, 'programs' | 'sipPort' | 'secretOf' | 'trunkPort'>

/** What a scripted phone does with each call: answers it, sends 486 or 603, or rings until the caller gives up. */
export type CallBehavior = 'answers' | 'busy' | 'declines' | 'never answers'

export interface ScriptedPhones {
  stop(): Promise<void>
}

/** Registers extensions as phones and lets them treat every call alike. Several may be one program. */
export async function startScriptedPhones(
  pbx: Pbx,
  extensions: string | readonly string[],
  manner: CallBehavior,
  { ringMs = 0 } = {},
): Promise<ScriptedPhones> {
  const port = await freeLowPort()
  const lines = [extensions].flat().map((one) => `${one};${credentials(pbx, one)};`)
  const registering = runSipp(pbx, 'register', port, [...callCountArgs(lines.length), '-r', '100'], lines)
  const { code, said } = await registering.done
  if (code !== 0) throw new Error(`${extensions} cannot be registered: ${said.slice(-1_000)}`)
  return startListening(pbx, port, SCENARIOS[manner], ringTimeArgs(ringMs))
}

/** The world beyond the trunk: takes, refuses or ignores every call to an outside number. */
export async function startTrunkPeer(
  pbx: Pbx,
  manner: CallBehavior,
  { ringMs = 0 } = {},
): Promise<ScriptedPhones> {
  if (pbx.trunkPort === undefined) throw new Error('this Asterisk was started without a trunk')
  return startListening(pbx, pbx.trunkPort, SCENARIOS[manner], ringTimeArgs(ringMs))
}

export interface TrunkPeer extends ScriptedPhones {
  /** Each call that came and each that is over, in their order. */
  callEvents(): { event: 'begins' | 'ends'; number: string; callId: string }[]
}

/**
 * The world beyond the trunk, number by number: the last digit 0 to 4 answers and hangs up after `talkMs`, 5 to 7
 * is busy, 8 and 9 ring until the caller gives up.
 */
export async function startTrunkPeerByNumber(pbx: Pbx, { talkMs = 300 } = {}): Promise<TrunkPeer> {
  if (pbx.trunkPort === undefined) throw new Error('this Asterisk was started without a trunk')
  const scenario = { name: 'outside', talkMs }
  const { stop, folder } = await startListening(pbx, pbx.trunkPort, scenario, [
    '-trace_logs',
    '-log_file',
    'log',
  ])
  return {
    stop,
    callEvents: () =>
      [...readFileSync(join(folder, 'log'), 'latin1').matchAll(/(begins|ends) (\S+) (\S+)/g)].map(
        ([, event, number = '', callId = '']) => ({ event: event as 'begins' | 'ends', number, callId }), // by the pattern
      ),
  }
}

export interface Callers extends ScriptedPhones {
  /** When all calls are over. A call that was refused, or that the other end hung up, counts as failed. */
  done: Promise<{ succeeded: number; failed: number }>
}

export interface CallerOptions {
  /** Extensions that call in turn; `trunk` calls from outside. They need not be registered. */
  from: string | readonly string[]
  /** The number a caller from outside shows. */
  shows?: string
  to: string
  /** How long each stays after the answer. */
  seconds: number
  /** How many calls in all. */
  calls?: number
  atOnce?: number
  perSecond?: number
}

/** Many callers that call a number, stay a while and hang up. */
export async function startCallers(pbx: Pbx, calling: CallerOptions): Promise<Callers> {
  const { from, to, seconds, calls = 1, atOnce = calls, perSecond = 10, shows = '+493012345' } = calling
  const lines = [from].flat().map((one) => `${one};${credentials(pbx, one)};${shows};`)
  const rate = ['-l', String(atOnce), '-r', String(perSecond)]
  const args = [
    '-key',
    'number',
    to,
    '-d',
    String(Math.round(seconds * 1_000)),
    ...callCountArgs(calls),
    ...rate,
  ]
  const { child, done } = runSipp(pbx, 'call', await freeLowPort(), args, lines)
  return {
    done: done.then(({ said }) => ({
      succeeded: callCount(said, 'Successful'),
      failed: callCount(said, 'Failed'),
    })),
    stop: () => stopProcess(child),
  }
}

const SCENARIOS: Record<CallBehavior, Scenario> = {
  answers: 'answer',
  busy: { name: 'refuse', status: '486 Busy Here' },
  declines: { name: 'refuse', status: '603 Decline' },
  'never answers': 'ring',
}
/** A file of test/pbx/sipp; sipp wants to see the status of an answer before it starts. */
type Scenario = string | { name: string; status?: string; talkMs?: number }

const ringTimeArgs = (ringMs: number) => ['-d', String(ringMs)]

async function startListening(pbx: Pbx, port: number, scenario: Scenario, args: readonly string[]) {
  const { child, done, folder } = runSipp(pbx, scenario, port, args)
  const localAddress = `0100007F:${port.toString(16).toUpperCase().padStart(4, '0')}`
  while (!readFileSync('/proc/net/udp', 'latin1').includes(localAddress)) {
    if (child.exitCode !== null) throw new Error(`sipp cannot listen: ${(await done).said.slice(-1_000)}`)
    await sleep(10)
  }
  return { folder, stop: () => stopProcess(child) }
}

const callCountArgs = (calls: number) => ['-m', String(calls)]
const credentials = ({ secretOf }: Pbx, extension: string) =>
  `[authentication username=${extension} password=${secretOf(extension)}]`

/** The last of the screens it draws counts all calls. */
const callCount = (said: string, which: string) =>
  Number(
    [...said.matchAll(new RegExp(`${which} call\\s*\\|\\s*\\d+\\s*\\|\\s*(\\d+)`, 'g'))].at(-1)?.[1] ?? 0,
  )

function runSipp(
  { programs, sipPort }: Pbx,
  scenario: Scenario,
  port: number,
  args: readonly string[],
  lines?: readonly string[],
) {
  const folder = mkdtempSync(join(tmpdir(), 'sipp-'))
  const { name, status = '', talkMs = 0 } = typeof scenario === 'string' ? { name: scenario } : scenario
  const text = readFileSync(join(project, 'test/pbx/sipp', `${name}.xml`), 'latin1')
  writeFileSync(
    join(folder, 'scenario.xml'),
    text.replace('SIP/2.0 @STATUS@', `SIP/2.0 ${status}`).replace('@TALK@', String(talkMs)),
  )
  const table = join(folder, 'lines.csv')
  if (lines !== undefined) writeFileSync(table, `SEQUENTIAL\n${lines.join('\n')}\n`, { mode: 0o600 })
  // If the tests are killed, it gets SIGTERM.
  const child = spawn(
    'setpriv',
    [
      '--pdeathsig=TERM',
      programs.sipp,
      `127.0.0.1:${sipPort}`,
      ...['-sf', join(folder, 'scenario.xml')],
      ...['-i', '127.0.0.1', '-mi', '127.0.0.1', '-p', String(port), '-nostdin'],
      ...(lines === undefined ? [] : ['-inf', table]),
      ...args,
    ],
    { cwd: folder, env: { PATH: process.env.PATH, TERM: 'dumb' }, stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let said = ''
  for (const output of [child.stdout, child.stderr]) {
    output.setEncoding('utf8').on('data', (text) => {
      said = (said + text).slice(-20_000)
    })
  }
  const done = new Promise<{ code: number | null; said: string }>((resolve) => {
    child.once('error', (err) => resolve({ code: null, said: err.message }))
    child.once('close', (code) => {
      rmSync(folder, { recursive: true, force: true })
      resolve({ code, said })
    })
  })
  return { child, done, folder }
}

async function stopProcess(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await exited
}
