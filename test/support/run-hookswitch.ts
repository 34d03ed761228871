import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { project } from './build.ts'

/** Runs `bin/hookswitch` on a data folder, with something piped in or nothing. */
export async function runHookswitch(
  data: string,
  args: readonly string[],
  {
    input = '',
    env = {},
    cwd = project,
  }: { input?: string; env?: Record<string, string>; cwd?: string } = {},
): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [join(project, 'dist', 'hookswitch.js'), ...args], {
    cwd,
    env: { ...process.env, HOOKSWITCH_DATA: data, ...env },
  })
  child.stdin.end(input)
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const [code, out, err] = await Promise.all([ended, text(child.stdout), text(child.stderr)])
  return { code, out, err }
}
