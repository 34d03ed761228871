import { ProvisioningError } from '../core/provisioning/provisioner.ts'
import { isUnreachable } from './pbx-http-client.ts'
import { delayWithJitter } from './retry.ts'

export interface IdempotentOperation<T> {
  /** Looks whether it is there: safe to repeat. */
  find(): Promise<T | undefined>
  /** Makes it, or takes it away; its word that it did counts for nothing. */
  execute(found?: T): Promise<void>
  /** What to tell an operator when it was said to be done and was not. */
  unconfirmedMessage: string
  pauseMs: number
  signal: AbortSignal
}

const MAX_ATTEMPTS = 2

/**
 * Makes something that must not be made twice: only what was looked for and not found is made, also after
 * an attempt of which nobody knows the end.
 * @throws {ProvisioningError}
 */
export async function ensureCreated<T>(operation: IdempotentOperation<T>): Promise<T> {
  const lastError = await tryUntil(operation, (found) => found !== undefined)
  const found = await operation.find()
  if (found !== undefined) return found
  throw lastError ?? new ProvisioningError('unconfirmed', operation.unconfirmedMessage)
}

/** Takes something away, so that it is gone at the end and nothing is taken away in its stead. */
export async function ensureRemoved<T>(operation: IdempotentOperation<T>): Promise<void> {
  const lastError = await tryUntil(operation, (found) => found === undefined)
  if ((await operation.find()) === undefined) return
  throw lastError ?? new ProvisioningError('unconfirmed', operation.unconfirmedMessage)
}

/** @returns why nothing is known of the last attempt, if so */
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
