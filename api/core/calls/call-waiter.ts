import { Refusal } from '../refusal.ts'
import type { Call } from './call.ts'
import type { CallTracker } from './call-tracker.ts'

/** Waits for facts: what was asked of a PBX is done when it tells so. */
export interface CallWaiter {
  /**
   * @param condition of the call as it is, or of undefined while there is none
   * @throws {Refusal} `unconfirmed` after `withinMs`
   */
  until(callId: string, condition: (call: Call | undefined) => boolean, timeoutMs?: number): Promise<void>
}

/** A phone on the same network does what it is told within a fraction of this. */
const DEFAULT_TIMEOUT_MS = 5_000

export function createCallWaiter(tracker: Pick<CallTracker, 'find' | 'onChange'>): CallWaiter {
  return {
    until(callId, condition, timeoutMs = DEFAULT_TIMEOUT_MS) {
      if (condition(tracker.find(callId))) return Promise.resolve()
      return new Promise((resolve, reject) => {
        const unsubscribe = tracker.onChange((call) => {
          if (call.id === callId && condition(tracker.find(callId))) complete(resolve)
        })
        const timer = setTimeout(() => {
          if (condition(tracker.find(callId))) return complete(resolve)
          complete(() =>
            reject(new Refusal('unconfirmed', { detail: 'it was asked for, and nothing happened in time' })),
          )
        }, timeoutMs)
        function complete(done: () => void) {
          clearTimeout(timer)
          unsubscribe()
          done()
        }
      })
    },
  }
}
