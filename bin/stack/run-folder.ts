import { createHash } from 'node:crypto'
import { existsSync, lstatSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SetupError } from '../system/setup-error.ts'

/** A Unix socket's path holds 107 bytes, and the longest name in the folder is this long. */
const MAX_SOCKET_PATH = 107
const MAX_SOCKET_NAME = '/publish-16.sock'.length

/**
 * The folder of sockets and process ids, for this user alone: `<data>/run`, or one under the system's
 * folder for temporary files where that would be too long for a socket's path.
 */
export function runFolder(data: string): string {
  const near = join(data, 'run')
  if (Buffer.byteLength(near) + MAX_SOCKET_NAME <= MAX_SOCKET_PATH) {
    mkdirSync(near, { recursive: true, mode: 0o700 })
    return near
  }
  const hash = createHash('sha256').update(data).digest('hex').slice(0, 12)
  const far = join(tmpdir(), `hookswitch-${process.getuid?.() ?? 0}-${hash}`)
  mkdirSync(far, { recursive: true, mode: 0o700 })
  const stat = lstatSync(far)
  // Others may write to the folder above: one that another user created there is not ours.
  if (!stat.isDirectory() || stat.uid !== process.getuid?.() || (stat.mode & 0o077) !== 0) {
    throw new SetupError(
      `${far} belongs to another user: remove it, or set HOOKSWITCH_DATA to a shorter path`,
    )
  }
  return far
}

/** A process is known by its id and its start time, as ids are used again. */
export interface ProcessId {
  pid: number
  startTime: string
}

export function processIdOf(pid: number): ProcessId | undefined {
  try {
    // The name in brackets may hold anything: what counts comes after the last one (proc(5)).
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const startTime = stat.slice(stat.lastIndexOf(') ') + 2).split(' ')[19]
    return startTime === undefined ? undefined : { pid, startTime }
  } catch {
    return undefined
  }
}

export function writeProcessId(path: string, id: ProcessId): void {
  writeFileSync(path, `${id.pid} ${id.startTime}\n`, { mode: 0o600 })
}

/** The process a file names, if it is still that process. */
export function readLiveProcessId(path: string): ProcessId | undefined {
  if (!existsSync(path)) return undefined
  const [pid = '', bornAt] = readFileSync(path, 'latin1').trim().split(' ')
  const now = processIdOf(Number(pid))
  return now !== undefined && now.startTime === bornAt ? now : undefined
}

/**
 * Makes this process the only one that runs a data folder.
 * @throws {SetupError} when another one does
 */
export function lockDataFolder(data: string): () => void {
  const path = join(data, 'start.pid')
  const other = readLiveProcessId(path)
  if (other !== undefined) {
    throw new SetupError(
      `already running as process ${other.pid}: stop it (kill ${other.pid}), or set HOOKSWITCH_DATA and HOOKSWITCH_PORT`,
    )
  }
  const self = processIdOf(process.pid)
  if (self !== undefined) writeProcessId(path, self)
  return () => {
    if (existsSync(path)) unlinkSync(path)
  }
}

/** Ends what a killed start left running, with everything it started. */
export async function killOrphans(run: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const path = join(run, `${name}.id`)
    const left = readLiveProcessId(path)
    if (left === undefined) continue
    signalProcessGroup(left.pid, 'SIGTERM')
    for (let tries = 0; tries < 50 && readLiveProcessId(path) !== undefined; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    if (readLiveProcessId(path) !== undefined) signalProcessGroup(left.pid, 'SIGKILL')
  }
}

/** Signals a process and all it started; each of ours leads a group of its own. */
export function signalProcessGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal)
  } catch {
    // It is gone already.
  }
}
