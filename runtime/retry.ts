import { setTimeout as sleep } from 'node:timers/promises'

export interface RetryOptions {
  /**
   * Called after each failure.
   * @param failures how often the work has failed, from 1
   * @returns ms until the next attempt; undefined: `retry` throws the error
   */
  delayMs(failures: number, err: unknown): number | undefined | Promise<number | undefined>
  /** Ends the wait between two attempts: `retry` then throws the signal's reason. */
  signal?: AbortSignal
  /** Waits between two attempts; a timer by default. */
  pause?: (ms: number) => Promise<unknown>
}

/** Repeats the work until it succeeds. @throws the last error, when `delayMs` returns undefined */
export async function retry<T>(
  work: () => Promise<T>,
  { delayMs, signal, pause = (ms) => sleep(ms, undefined, signal && { signal }) }: RetryOptions,
): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    signal?.throwIfAborted()
    try {
      return await work()
    } catch (err) {
      const ms = await delayMs(failures, err)
      if (ms === undefined) throw err
      await pause(ms)
    }
  }
}

/** Doubles from `firstMs`, the delay after the first failure, up to `maxMs`. */
export const exponentialMs = (failures: number, firstMs: number, maxMs: number): number =>
  Math.min(maxMs, firstMs * 2 ** (failures - 1))

/** @returns between half of `ms` and the whole, so that many clients do not retry at once */
export const withJitter = (ms: number): number => ms * (0.5 + Math.random() / 2)

/** `exponentialMs` with jitter. */
export const backoffMs = (failures: number, firstMs: number, maxMs: number): number =>
  withJitter(exponentialMs(failures, firstMs, maxMs))
