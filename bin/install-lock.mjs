// One `npm install` at a time in a folder. No package is there yet, so plain Node only.
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const RETRY_MS = 300
/** Between the making of a lock and the line in it is less. */
const EMPTY_MS = 5_000

/**
 * Runs work while no other process runs its own with the same lock.
 * @template T
 * @param {string} path of the file that is the lock: it holds the pid of the process that works
 * @param {() => Promise<T>} work
 * @param {(line: string) => void} [warn]
 * @returns {Promise<T>}
 */
export async function withInstallLock(path, work, warn = console.error) {
  const isLocked = await takeLock(path, warn)
  const release = () => isLocked && rmSync(path, { force: true })
  process.once('exit', release)
  try {
    return await work()
  } finally {
    process.removeListener('exit', release)
    release()
  }
}

/**
 * @param {string} path
 * @param {(line: string) => void} warn
 * @returns {Promise<boolean>} false where no lock can be made: what works there explains why
 */
async function takeLock(path, warn) {
  for (let isWaiting = false; ; ) {
    try {
      writeFileSync(path, `${process.pid}\n`, { flag: 'wx' })
      return true
    } catch (err) {
      if (/** @type {NodeJS.ErrnoException} */ (err).code !== 'EEXIST') return false
    }
    const owner = readOwner(path)
    if (owner === undefined) continue
    if (owner.isDead) {
      removeLockOf(owner.text, path)
      continue
    }
    if (!isWaiting) {
      isWaiting = true
      warn(`process ${owner.text} installs the npm packages: waiting for it (if it does not: rm ${path})`)
    }
    await sleep(RETRY_MS)
  }
}

/**
 * @param {string} path
 * @returns {{ text: string, isDead: boolean } | undefined} undefined if the lock was released meanwhile
 */
function readOwner(path) {
  try {
    const text = readFileSync(path, 'utf8').trim()
    if (!/^\d+$/.test(text)) return { text, isDead: Date.now() - statSync(path).mtimeMs > EMPTY_MS }
    // In a container the process of an earlier one had the same pid.
    return { text, isDead: Number(text) === process.pid || !isRunning(Number(text)) }
  } catch {
    return undefined
  }
}

/** @param {number} pid */
function isRunning(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (err) {
    // Another user's.
    return /** @type {NodeJS.ErrnoException} */ (err).code === 'EPERM'
  }
}

/**
 * Two processes may both see that the owner is dead: the later one must not remove the new lock of the other.
 * @param {string} owner
 * @param {string} path
 */
function removeLockOf(owner, path) {
  const aside = `${path}.${process.pid}`
  try {
    renameSync(path, aside)
    const moved = readFileSync(aside, 'utf8')
    if (moved.trim() !== owner) writeFileSync(path, moved, { flag: 'wx' })
  } catch {
    // The other one was faster.
  }
  rmSync(aside, { force: true })
}
