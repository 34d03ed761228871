import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Environment } from './run-program.ts'

/**
 * Does `work` while no other process holds the lock on `file`. The kernel holds it for a child that lives no longer
 * than our end of its pipe, so that a process killed in the middle leaves no lock behind.
 *
 * @param onWait called once if another process holds the lock
 */
export async function withFlock<T>(
  file: string,
  environment: Environment,
  onWait: () => void,
  work: () => Promise<T>,
): Promise<T> {
  const holder = spawn('flock', [file, 'sh', '-c', 'echo locked; exec cat'], {
    env: environment,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const ended = new Promise<void>((resolve) =>
    holder.once('close', () => resolve()).once('error', () => resolve()),
  )
  holder.stdin.on('error', () => {}) // it may end before us
  const waitNotice = setTimeout(onWait, 500)
  const locked = await Promise.race([
    once(holder.stdout, 'data').then(() => true),
    ended.then(() => false),
  ]).finally(() => clearTimeout(waitNotice))
  if (!locked) throw new Error(`cannot lock ${file}`)

  try {
    return await work()
  } finally {
    holder.stdin.end()
    await ended
  }
}
