import { setTimeout as sleep } from 'node:timers/promises'

export interface PollOptions {
  everyMs: number
  /** Without it, `poll` waits until the check returns something. */
  timeoutMs?: number
  /** Ends the wait: `poll` then throws the signal's reason. */
  signal?: AbortSignal
  /** A clock that never jumps, in ms. */
  now?: () => number
}

/**
 * Repeats a check until it returns something.
 *
 * @returns what the check returned, or undefined when `timeoutMs` has passed; the check runs at least once
 */
export async function poll<T>(
  check: () => Promise<T | undefined> | T | undefined,
  { everyMs, timeoutMs = Number.POSITIVE_INFINITY, signal, now = () => performance.now() }: PollOptions,
): Promise<T | undefined> {
  const deadline = now() + timeoutMs
  for (;;) {
    signal?.throwIfAborted()
    const found = await check()
    if (found !== undefined) return found
    if (now() + everyMs > deadline) return undefined
    await sleep(everyMs, undefined, signal && { signal })
  }
}
