import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { SettingsError } from '../../runtime/env.ts'
import { redact } from '../../runtime/log.ts'
import { EXIT_CONFIG } from '../../runtime/shutdown.ts'
import { SetupError } from '../system/setup-error.ts'
import { watchForHang } from './hang-detector.ts'
import { processIdOf, signalProcessGroup, writeProcessId } from './run-folder.ts'

/** One program of the stack. */
export interface ProcessSpec {
  name: string
  command: string
  args: readonly string[]
  env: Record<string, string | undefined>
  cwd: string
  /** Whether it does its work now; throwing counts as no. */
  ready(): Promise<boolean>
  /** Before each start, also after a crash. */
  prepare?(): void
  /** Whether it notices by a channel that we are gone. */
  ipc?: boolean
  /** Kills it when it has not answered for this long although it is not starved of CPU. Off unless set. */
  hangTimeoutMs?: number
  /** The longest pause before it is started again, in ms. */
  maxRestartDelayMs?: number
  /** How it is asked to end; SIGTERM unless set. */
  stopSignal?: NodeJS.Signals
  /** What to do about a failed start, by its last words. */
  explainStartFailure?(lastWords: string): string | undefined
}

export interface SupervisedProcess {
  name: string
  pid(): number | undefined
  stop(): Promise<void>
}

export interface SupervisorNeeds {
  run: string
  logFolder: string
  log(line: string): void
  /** From then on none is started, and one that is not ready yet is killed. */
  stopping?: AbortSignal
  /** One has ended because of its settings or its database: to start it again changes nothing. */
  onFatalExit?(): void
}

const READY_TIMEOUT_MS = 30_000
const MIN_RESTART_DELAY_MS = 200
const MAX_RESTART_DELAY_MS = 10_000
/** A child that ran this long starts its pauses anew. */
const STABLE_AFTER_MS = 30_000

/**
 * Starts a program and keeps it running: one that dies is started again after a pause that grows. Its
 * output goes to `<logFolder>/<name>.log` with every token and query string struck out.
 *
 * @throws {SetupError} when it does not become ready the first time, or is no longer wanted
 * @throws {SettingsError} when it ends with EXIT_CONFIG the first time
 */
export async function startSupervised(spec: ProcessSpec, needs: SupervisorNeeds): Promise<SupervisedProcess> {
  const { name } = spec
  const { run, logFolder, log, stopping: stoppingAll } = needs
  if (stoppingAll?.aborted) throw new SetupError('asked to stop while starting')
  const output = createWriteStream(join(logFolder, `${name}.log`), { flags: 'a', mode: 0o600 })
  let child: ChildProcess | undefined
  let lastErrorLine = ''
  let stopping = false
  let restartDelayMs = MIN_RESTART_DELAY_MS
  let wake = () => {}

  function launch(): Promise<string> {
    spec.prepare?.()
    const startedAt = performance.now()
    const started = spawn(spec.command, spec.args, {
      cwd: spec.cwd,
      env: spec.env,
      stdio: spec.ipc ? ['ignore', 'pipe', 'pipe', 'ipc'] : ['ignore', 'pipe', 'pipe'],
      // A group of its own: Ctrl-C reaches us alone, and we can end whatever it started.
      detached: true,
    })
    child = started
    const id = started.pid === undefined ? undefined : processIdOf(started.pid)
    if (id !== undefined) writeProcessId(join(run, `${name}.id`), id)
    for (const stream of [started.stdout, started.stderr]) {
      if (stream === null) continue
      createInterface({ input: stream }).on('line', (line) => {
        const redacted = redact(line)
        if (stream === started.stderr && redacted.trim() !== '') lastErrorLine = redacted
        output.write(`${redacted}\n`)
      })
    }
    return new Promise((resolve) => {
      // What it left behind, such as a killed nginx's workers, still holds the port and our pipes.
      started.once('exit', () => started.pid !== undefined && signalProcessGroup(started.pid, 'SIGKILL'))
      const ended = (how: string) => {
        if (performance.now() - startedAt > STABLE_AFTER_MS) restartDelayMs = MIN_RESTART_DELAY_MS
        resolve(how)
      }
      started.once('error', (err) => ended(err.message))
      started.once('close', (code, signal) => ended(signal ?? `exit code ${code}`))
    })
  }

  async function restartLoop(first: Promise<string>): Promise<void> {
    let how = await first
    while (!stopping) {
      if (how === `exit code ${EXIT_CONFIG}` && needs.onFatalExit !== undefined) {
        log(`${name} cannot go on: ${lastErrorLine}`)
        return needs.onFatalExit()
      }
      log(`${name} ended (${how}); starting it again in ${restartDelayMs} ms`)
      await new Promise<void>((resolve) => {
        wake = resolve
        setTimeout(resolve, restartDelayMs)
      })
      restartDelayMs = Math.min(spec.maxRestartDelayMs ?? MAX_RESTART_DELAY_MS, restartDelayMs * 2)
      if (stopping) return
      how = await launch()
    }
  }

  const first = launch()
  const abortStart = () => {
    stopping = true
    if (child?.pid !== undefined) signalProcessGroup(child.pid, 'SIGKILL')
  }
  stoppingAll?.addEventListener('abort', abortStart)
  const startFailure = first.then((how) => {
    const why = `${name} could not start: ${spec.explainStartFailure?.(lastErrorLine) ?? (lastErrorLine || how)}`
    throw how === `exit code ${EXIT_CONFIG}` ? new SettingsError(why) : new SetupError(why)
  })
  try {
    await Promise.race([waitUntilReady(spec), startFailure])
  } catch (err) {
    // A start that failed leaves nothing running.
    abortStart()
    throw err
  } finally {
    stoppingAll?.removeEventListener('abort', abortStart)
  }
  startFailure.catch(() => {}) // from here on, an end is for `keep`
  const restarting = restartLoop(first)
  const stopWatching = watchForHang(
    spec,
    () => (child?.exitCode === null && child.signalCode === null ? child.pid : undefined),
    log,
  )

  return {
    name,
    pid: () => child?.pid,
    async stop() {
      stopping = true
      stopWatching()
      wake()
      const { pid } = child ?? {}
      if (pid !== undefined) {
        child?.kill(spec.stopSignal ?? 'SIGTERM')
        const late = setTimeout(() => signalProcessGroup(pid, 'SIGKILL'), 8_000)
        await restarting
        clearTimeout(late)
      }
      output.end()
    },
  }
}

async function waitUntilReady(spec: ProcessSpec): Promise<void> {
  const until = performance.now() + READY_TIMEOUT_MS
  while (!(await spec.ready().catch(() => false))) {
    if (performance.now() > until) {
      throw new SetupError(`${spec.name} did not become ready in ${READY_TIMEOUT_MS / 1000} s: see its log`)
    }
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
