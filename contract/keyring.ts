import type { FailureHandler } from '../runtime/failure-reporter.ts'
import { startInterval } from '../runtime/interval.ts'
import {
  type Algorithm,
  byAge,
  kidOf,
  listKeyFiles,
  readKey,
  readKeys,
  type SigningKey,
  signingKey,
  type VerifyingKey,
} from './keys.ts'

export interface Keyring {
  find(kid: string): VerifyingKey | undefined
  /** @throws when there is no key for `alg` */
  signing(alg: Algorithm, nowMs: number): SigningKey
  all(): readonly SigningKey[]
  /** Called after the set of keys has changed. */
  onChange(listener: () => void): void
  close(): void
}

const POLL_INTERVAL_MS = 1_000

/**
 * Caches the keys of a folder and polls it every second for new and retired ones. If the folder cannot be read, the
 * keys stay as they are, so that a failing disk logs no user out.
 *
 * @param onFailure receives failures of the poll, and its recovery
 * @throws {SecretFileError} when a key file cannot be used at the start
 */
export function openKeyring(folder: string, onFailure: FailureHandler): Keyring {
  let keys = readKeys(folder)
  let byId = new Map(keys.map((key) => [key.kid, key]))
  const listeners: (() => void)[] = []

  const poll = startInterval(
    POLL_INTERVAL_MS,
    async () => {
      const found: SigningKey[] = []
      const failures: unknown[] = []
      for (const name of listKeyFiles(folder)) {
        try {
          found.push(byId.get(kidOf(name)) ?? readKey(folder, name))
        } catch (err) {
          failures.push(err)
        }
      }
      // A file that cannot be read is left out: it must not keep a retired key in use.
      replaceKeys(found.sort(byAge))
      if (failures.length > 0) throw failures[0]
    },
    onFailure,
    { pauseFirst: true },
  )

  function replaceKeys(found: SigningKey[]) {
    if (found.length === keys.length && found.every((key) => byId.has(key.kid))) return
    keys = found
    byId = new Map(keys.map((key) => [key.kid, key]))
    for (const listener of listeners) listener()
  }

  return {
    find: (kid) => byId.get(kid),
    signing(alg, nowMs) {
      const key = signingKey(keys, alg, nowMs)
      if (key === undefined) throw new Error(`no ${alg} key in ${folder}: add one with "hookswitch keys add"`)
      return key
    },
    all: () => keys,
    onChange: (listener) => void listeners.push(listener),
    close: () => poll.stop(),
  }
}
