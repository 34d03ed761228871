import { randomBytes } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { TokenCommandError } from './errors.ts'

/** A holder gives a sign of life this often; one that gives none for so long is dead. */
const HEARTBEAT_MS = 1_000
const STALE_AFTER_MS = 15_000

/**
 * Does `work` while no other run that takes the same turn is at it. A killed run's turn ends at once where its
 * process is seen to be gone, otherwise a few seconds later.
 *
 * @param path a file that exists as long as the turn lasts; undefined takes no turn
 * @throws {TokenCommandError} `unreachable` when the others take longer than `patienceMs`
 */
export async function withFileLock<T>(
  path: string | undefined,
  timeoutMs: number,
  work: () => Promise<T>,
): Promise<T> {
  const ownerId = `${process.pid} ${hostname()} ${randomBytes(8).toString('hex')}`
  const until = performance.now() + timeoutMs
  for (;;) {
    const taken = path === undefined ? 'cannot' : tryLock(path, ownerId)
    // Where no file can be made nothing is kept either, and there is nothing to share.
    if (path === undefined || taken === 'cannot') return work()
    if (taken === 'mine') break
    removeStaleLock(path)
    if (performance.now() > until) {
      throw new TokenCommandError(
        'unreachable',
        `another run (process ${readOwner(path)?.split(' ')[0]}) has been asking for too long: end it, or try again`,
      )
    }
    await sleep(20 + Math.random() * 40)
  }
  const heartbeatTimer = setInterval(() => heartbeat(path, ownerId), HEARTBEAT_MS)
  try {
    return await work()
  } finally {
    clearInterval(heartbeatTimer)
    if (readOwner(path) === ownerId) rmSync(path, { force: true })
  }
}

function tryLock(path: string, ownerId: string): 'mine' | 'taken' | 'cannot' {
  try {
    writeFileSync(path, ownerId, { mode: 0o600, flag: 'wx' })
    return 'mine'
  } catch (err) {
    return err instanceof Error && 'code' in err && err.code === 'EEXIST' ? 'taken' : 'cannot'
  }
}

function heartbeat(path: string, ownerId: string): void {
  try {
    if (readOwner(path) === ownerId) utimesSync(path, new Date(), new Date())
  } catch {
    // Somebody took us for dead; what we keep is written as a whole either way.
  }
}

/** Moves a dead holder's file out of the way. Of several that try only one moves it, and no live one goes. */
function removeStaleLock(path: string): void {
  const holder = readOwner(path)
  if (holder === undefined || !isStale(path, holder)) return
  const aside = `${path}.${randomBytes(8).toString('hex')}`
  try {
    renameSync(path, aside)
    // In between it may have become a live one's: that goes back.
    if (readOwner(aside) !== holder) linkSync(aside, path)
  } catch {
    // Another run was faster.
  }
  rmSync(aside, { force: true })
}

function isStale(path: string, holder: string): boolean {
  const [pid = '', host] = holder.split(' ')
  if (host === hostname() && !isProcessAlive(Number(pid))) return true
  try {
    return Date.now() - statSync(path).mtimeMs > STALE_AFTER_MS
  } catch {
    return false
  }
}

function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (err) {
    return err instanceof Error && 'code' in err && err.code === 'EPERM'
  }
}

function readOwner(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
