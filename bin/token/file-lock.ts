import { randomBytes } from 'node:crypto'
import { linkSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { TokenFailure } from './errors.ts'

/** A holder gives a sign of life this often; one that gives none for so long is dead. */
const BEAT_MS = 1_000
const DEAD_AFTER_MS = 15_000

/**
 * Does `work` while no other run that takes the same turn is at it. A killed run's turn ends at once where its
 * process is seen to be gone, otherwise a few seconds later.
 *
 * @param path a file that exists as long as the turn lasts; undefined takes no turn
 * @throws {TokenFailure} `unreachable` when the others take longer than `patienceMs`
 */
export async function inTurn<T>(
  path: string | undefined,
  patienceMs: number,
  work: () => Promise<T>,
): Promise<T> {
  const me = `${process.pid} ${hostname()} ${randomBytes(8).toString('hex')}`
  const until = performance.now() + patienceMs
  for (;;) {
    const taken = path === undefined ? 'cannot' : take(path, me)
    // Where no file can be made nothing is kept either, and there is nothing to share.
    if (path === undefined || taken === 'cannot') return work()
    if (taken === 'mine') break
    endIfDead(path)
    if (performance.now() > until) {
      throw new TokenFailure(
        'unreachable',
        `another run (process ${read(path)?.split(' ')[0]}) has been asking for too long: end it, or try again`,
      )
    }
    await sleep(20 + Math.random() * 40)
  }
  const heart = setInterval(() => beat(path, me), BEAT_MS)
  try {
    return await work()
  } finally {
    clearInterval(heart)
    if (read(path) === me) rmSync(path, { force: true })
  }
}

function take(path: string, me: string): 'mine' | 'taken' | 'cannot' {
  try {
    writeFileSync(path, me, { mode: 0o600, flag: 'wx' })
    return 'mine'
  } catch (err) {
    return err instanceof Error && 'code' in err && err.code === 'EEXIST' ? 'taken' : 'cannot'
  }
}

function beat(path: string, me: string): void {
  try {
    if (read(path) === me) utimesSync(path, new Date(), new Date())
  } catch {
    // Somebody took us for dead; what we keep is written as a whole either way.
  }
}

/** Moves a dead holder's file out of the way. Of several that try only one moves it, and no live one goes. */
function endIfDead(path: string): void {
  const holder = read(path)
  if (holder === undefined || !isDead(path, holder)) return
  const aside = `${path}.${randomBytes(8).toString('hex')}`
  try {
    renameSync(path, aside)
    // In between it may have become a live one's: that goes back.
    if (read(aside) !== holder) linkSync(aside, path)
  } catch {
    // Another run was faster.
  }
  rmSync(aside, { force: true })
}

function isDead(path: string, holder: string): boolean {
  const [pid = '', host] = holder.split(' ')
  if (host === hostname() && !isAlive(Number(pid))) return true
  try {
    return Date.now() - statSync(path).mtimeMs > DEAD_AFTER_MS
  } catch {
    return false
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (err) {
    return err instanceof Error && 'code' in err && err.code === 'EPERM'
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
