import { ProvisioningError } from '../core/provisioning/provisioner.ts'
import { isUnreachable } from './provisioning-errors.ts'
import { delayWithJitter } from './retry.ts'

export interface IdempotentOperation<T> {
  /** Looks it up. */
  find(): Promise<T | undefined>
  /** Creates or removes it. Its success is verified by `find`. */
  execute(found?: T): Promise<void>
  /** Error message if the PBX reported success but `find` shows none. */
  unconfirmedMessage: string
  pauseMs: number
  signal: AbortSignal
}

const MAX_ATTEMPTS = 2

/**
 * Creates an object that must not exist twice: looks it up before each attempt, as an attempt with an unknown result
 * may have succeeded.
 * @throws {ProvisioningError}
 */
export async function ensureCreated<T>(operation: IdempotentOperation<T>): Promise<T> {
  const lastError = await tryUntil(operation, (found) => found !== undefined)
  const found = await operation.find()
  if (found !== undefined) return found
  throw lastError ?? new ProvisioningError('unconfirmed', operation.unconfirmedMessage)
}

/** Removes an object, and looks it up before each attempt, so that no other object is removed. */
export async function ensureRemoved<T>(operation: IdempotentOperation<T>): Promise<void> {
  const lastError = await tryUntil(operation, (found) => found === undefined)
  if ((await operation.find()) === undefined) return
  throw lastError ?? new ProvisioningError('unconfirmed', operation.unconfirmedMessage)
}

/** @returns the error of the last attempt, if its result is unknown */
async function tryUntil<T>(
  operation: IdempotentOperation<T>,
  isDone: (found: T | undefined) => boolean,
): Promise<ProvisioningError | undefined> {
  let lastError: ProvisioningError | undefined
  for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts += 1) {
    const found = await operation.find()
    if (isDone(found)) return undefined
    try {
      await operation.execute(found)
      return undefined
    } catch (err) {
      if (!isUnreachable(err)) throw err
      lastError = err
      await delayWithJitter(operation.pauseMs, operation.signal)
    }
  }
  return lastError
}
