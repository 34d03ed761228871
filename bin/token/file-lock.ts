import { lock } from 'proper-lockfile'
import { TokenCommandError } from './errors.ts'

/** A holder touches its lock this often; one that was not touched for so long is stale, as its process was killed. */
const UPDATE_MS = 1_000
const STALE_AFTER_MS = 5_000
const RETRY_MS = 50

/**
 * Runs `work` while no other process holds the lock. A killed process's lock ends after 5 s.
 *
 * @param path a folder that exists as long as the lock is held; undefined locks nothing
 * @throws {TokenCommandError} `unreachable` when the others take longer than `timeoutMs`
 */
export async function withFileLock<T>(
  path: string | undefined,
  timeoutMs: number,
  work: () => Promise<T>,
): Promise<T> {
  // Where no lock can be made nothing is cached either, and there is nothing to share.
  const release = path === undefined ? undefined : await acquire(path, timeoutMs)
  try {
    return await work()
  } finally {
    await release?.().catch(() => {}) // taken over meanwhile: the cache file is replaced as a whole either way
  }
}

async function acquire(path: string, timeoutMs: number): Promise<(() => Promise<void>) | undefined> {
  try {
    return await lock(path, {
      lockfilePath: path,
      realpath: false,
      update: UPDATE_MS,
      stale: STALE_AFTER_MS,
      retries: {
        retries: Math.ceil(timeoutMs / RETRY_MS),
        factor: 1,
        minTimeout: RETRY_MS,
        maxTimeout: RETRY_MS,
      },
      onCompromised: () => {},
    })
  } catch (err) {
    if (!(err instanceof Error && 'code' in err && err.code === 'ELOCKED')) return undefined
    throw new TokenCommandError(
      'unreachable',
      `another run has held ${path} for too long: end it, or try again`,
    )
  }
}
