import { type ChildProcess, execFile } from 'node:child_process'
import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** Variables as a process has them; handed in, so that a test can start from an empty machine. */
export type Environment = Readonly<Record<string, string | undefined>>

/** How a program ended. `code` is undefined where it did not start, or a signal ended it. */
export interface ProgramResult {
  code: number | undefined
  out: string
  err: string
}

const running = new Set<ChildProcess>()
// A download, for example, that still runs when this process must end.
process.on('exit', () => {
  for (const child of running) child.kill()
})

/** Runs a program to its end. Never throws: the caller interprets the exit code. */
export function runProgram(
  path: string,
  args: readonly string[],
  options: { env: Environment; cwd?: string },
): Promise<ProgramResult> {
  return new Promise((resolve) => {
    const limits = { maxBuffer: 64 * 1024 * 1024 }
    const child = execFile(path, args, { ...limits, ...options }, (error, out, err) => {
      running.delete(child)
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : undefined
      resolve({ code, out, err: err || (error?.message ?? '') })
    })
    running.add(child)
  })
}

/** The first folder of `PATH`, then of `more`, that holds an executable of this name; its full path. */
export async function findOnPath(
  name: string,
  environment: Environment,
  more: readonly string[] = [],
): Promise<string | undefined> {
  for (const folder of [...(environment.PATH ?? '').split(':'), ...more]) {
    const path = join(folder, name)
    if (folder.startsWith('/') && (await isExecutable(path))) return path
  }
  return undefined
}

/** Whether a file, or a link to one, is there and may be run. */
export async function isExecutable(path: string): Promise<boolean> {
  const may = access(path, constants.X_OK).then(() => stat(path))
  return may.then(
    (it) => it.isFile(),
    () => false,
  )
}

/** Whether something is there, whatever it is. */
export function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
