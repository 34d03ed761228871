import { setTimeout as sleep } from 'node:timers/promises'
import { away, isAway } from './pbx-http-client.ts'

/** Waits between half and one and a half of `ms`, so that many do not come back at once. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  sleep(ms * (0.5 + Math.random()), undefined, { signal }).catch((err) => {
    throw tooSlow(err)
  })

/** Does what is safe to do twice a second time, where the PBX was away. */
export async function again<T>(pauseMs: number, signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (err) {
    if (!isAway(err) || signal.aborted) throw err
    await pause(pauseMs, signal)
    return work()
  }
}

/** Waits for what others wait for as well, and which goes on when our own time is over. */
export async function inTime<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  let giveUp = () => {}
  const over = new Promise<never>((_, reject) => {
    giveUp = () => reject(tooSlow(signal.reason))
    if (signal.aborted) giveUp()
    else signal.addEventListener('abort', giveUp, { once: true })
  })
  try {
    return await Promise.race([promise, over])
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}

const tooSlow = (cause: unknown) => away('the PBX is too slow: what was begun may still come about', cause)
