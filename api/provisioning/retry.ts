import { setTimeout as sleep } from 'node:timers/promises'
import { retry, withJitter } from '../../runtime/retry.ts'
import { ProvisioningError } from '../core/provisioning/provisioner.ts'
import { isUnreachable, unreachableError } from './provisioning-errors.ts'

/** @throws {ProvisioningError} `unreachable` if `signal` aborts */
export const delayWithJitter = (ms: number, signal: AbortSignal): Promise<void> =>
  abortAsUnreachable(signal, sleep(withJitter(ms), undefined, { signal }))

/** Repeats idempotent work once if the PBX was unreachable. */
export const retryOnce = <T>(pauseMs: number, signal: AbortSignal, work: () => Promise<T>): Promise<T> =>
  abortAsUnreachable(
    signal,
    retry(work, {
      signal,
      delayMs: (failures, err) =>
        failures === 1 && isUnreachable(err) && !signal.aborted ? withJitter(pauseMs) : undefined,
    }),
  )

/** Waits for a promise that several callers share. If `signal` aborts, only this caller stops waiting. */
export async function withAbort<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  let onAbort = () => {}
  const aborted = new Promise<never>((_, reject) => {
    onAbort = () => reject(timeoutError(signal.reason))
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, { once: true })
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

/** @throws {ProvisioningError} `unreachable` in place of the reason with which `signal` aborted the work */
export const abortAsUnreachable = <T>(signal: AbortSignal, work: Promise<T>): Promise<T> =>
  work.catch((err) => {
    throw signal.aborted && !(err instanceof ProvisioningError) ? timeoutError(err) : err
  })

const timeoutError = (cause: unknown) =>
  unreachableError('the PBX is too slow: a started operation may still complete', cause)
