import { type ChildProcess, spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { SettingsError } from '../../runtime/env.ts'
import { strike } from '../../runtime/log.ts'
import { EXIT_CONFIG } from '../../runtime/shutdown.ts'
import { SetupError } from '../system/setup-error.ts'
import { watchForStandstill } from './hang-detector.ts'
import { idOf, signalGroup, writeId } from './run-folder.ts'

/** One program of the stack. */
export interface ChildSpec {
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
  channel?: boolean
  /** Kills it when it has not answered for this long although it is not starved of CPU. Off unless set. */
  standsStillAfterMs?: number
  /** The longest pause before it is started again, in ms. */
  longestPauseMs?: number
  /** How it is asked to end; SIGTERM unless set. */
  stopSignal?: NodeJS.Signals
  /** What to do about a failed start, by its last words. */
  advice?(lastWords: string): string | undefined
}

export interface Child {
  name: string
  pid(): number | undefined
  stop(): Promise<void>
}

export interface ChildNeeds {
  run: string
  logFolder: string
  say(line: string): void
  /** From then on none is started, and one that is not ready yet is killed. */
  stopping?: AbortSignal
  /** One has ended because of its settings or its database: to start it again changes nothing. */
  giveUp?(): void
}

const READY_WITHIN_MS = 30_000
const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 10_000
/** A child that ran this long starts its pauses anew. */
const STEADY_MS = 30_000

/**
 * Starts a program and keeps it running: one that dies is started again after a pause that grows. Its
 * output goes to `<logFolder>/<name>.log` with every token and query string struck out.
 *
 * @throws {SetupError} when it does not become ready the first time, or is no longer wanted
 * @throws {SettingsError} when it ends with EXIT_CONFIG the first time
 */
export async function startChild(spec: ChildSpec, needs: ChildNeeds): Promise<Child> {
  const { name } = spec
  const { run, logFolder, say, stopping: stoppingAll } = needs
  if (stoppingAll?.aborted) throw new SetupError('asked to stop while starting')
  const output = createWriteStream(join(logFolder, `${name}.log`), { flags: 'a', mode: 0o600 })
  let child: ChildProcess | undefined
  let lastWords = ''
  let stopping = false
  let pauseMs = FIRST_PAUSE_MS
  let wake = () => {}

  function launch(): Promise<string> {
    spec.prepare?.()
    const startedAt = performance.now()
    const started = spawn(spec.command, spec.args, {
      cwd: spec.cwd,
      env: spec.env,
      stdio: spec.channel ? ['ignore', 'pipe', 'pipe', 'ipc'] : ['ignore', 'pipe', 'pipe'],
      // A group of its own: Ctrl-C reaches us alone, and we can end whatever it started.
      detached: true,
    })
    child = started
    const id = started.pid === undefined ? undefined : idOf(started.pid)
    if (id !== undefined) writeId(join(run, `${name}.id`), id)
    for (const stream of [started.stdout, started.stderr]) {
      if (stream === null) continue
      createInterface({ input: stream }).on('line', (line) => {
        const struck = strike(line)
        if (stream === started.stderr && struck.trim() !== '') lastWords = struck
        output.write(`${struck}\n`)
      })
    }
    return new Promise((resolve) => {
      // What it left behind, such as a killed nginx's workers, still holds the port and our pipes.
      started.once('exit', () => started.pid !== undefined && signalGroup(started.pid, 'SIGKILL'))
      const ended = (how: string) => {
        if (performance.now() - startedAt > STEADY_MS) pauseMs = FIRST_PAUSE_MS
        resolve(how)
      }
      started.once('error', (err) => ended(err.message))
      started.once('close', (code, signal) => ended(signal ?? `exit code ${code}`))
    })
  }

  async function keep(first: Promise<string>): Promise<void> {
    let how = await first
    while (!stopping) {
      if (how === `exit code ${EXIT_CONFIG}` && needs.giveUp !== undefined) {
        say(`${name} cannot go on: ${lastWords}`)
        return needs.giveUp()
      }
      say(`${name} ended (${how}); starting it again in ${pauseMs} ms`)
      await new Promise<void>((resolve) => {
        wake = resolve
        setTimeout(resolve, pauseMs)
      })
      pauseMs = Math.min(spec.longestPauseMs ?? LONGEST_PAUSE_MS, pauseMs * 2)
      if (stopping) return
      how = await launch()
    }
  }

  const first = launch()
  const killFirst = () => {
    stopping = true
    if (child?.pid !== undefined) signalGroup(child.pid, 'SIGKILL')
  }
  stoppingAll?.addEventListener('abort', killFirst)
  const early = first.then((how) => {
    const why = `${name} could not start: ${spec.advice?.(lastWords) ?? (lastWords || how)}`
    throw how === `exit code ${EXIT_CONFIG}` ? new SettingsError(why) : new SetupError(why)
  })
  try {
    await Promise.race([untilReady(spec), early])
  } catch (err) {
    // A start that failed leaves nothing running.
    killFirst()
    throw err
  } finally {
    stoppingAll?.removeEventListener('abort', killFirst)
  }
  early.catch(() => {}) // from here on, an end is for `keep`
  const kept = keep(first)
  const stopWatching = watchForStandstill(
    spec,
    () => (child?.exitCode === null && child.signalCode === null ? child.pid : undefined),
    say,
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
        const late = setTimeout(() => signalGroup(pid, 'SIGKILL'), 8_000)
        await kept
        clearTimeout(late)
      }
      output.end()
    },
  }
}

async function untilReady(spec: ChildSpec): Promise<void> {
  const until = performance.now() + READY_WITHIN_MS
  while (!(await spec.ready().catch(() => false))) {
    if (performance.now() > until) {
      throw new SetupError(`${spec.name} did not become ready in ${READY_WITHIN_MS / 1000} s: see its log`)
    }
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
