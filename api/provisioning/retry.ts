import { setTimeout as sleep } from 'node:timers/promises'
import { isUnreachable, unreachableError } from './pbx-http-client.ts'

/** Waits between half and one and a half of `ms`, so that many do not come back at once. */
export const delayWithJitter = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms * (0.5 + Math.random()), undefined, { signal }).catch((err) => {
    throw timeoutError(err)
  })

/** Does what is safe to do twice a second time, where the PBX was away. */
export async function retryOnce<T>(pauseMs: number, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (err) {
    if (!isUnreachable(err) || signal.aborted) throw err
    await delayWithJitter(pauseMs, signal)
    return work()
  }
}

/** Waits for what others wait for as well, and which goes on when our own time is over. */
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

const timeoutError = (cause: unknown) =>
  unreachableError('the PBX is too slow: what was begun may still come about', cause)
