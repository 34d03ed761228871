import { Refusal } from '../refusal.ts'
import type { Call } from './call.ts'
import type { CallTracker } from './call-tracker.ts'

/** Waits until a call reaches a state: a command is done when events confirm it. */
export interface CallWaiter {
  /**
   * @param condition on the call as it is, or on undefined while there is none
   * @throws {Refusal} `unconfirmed` after `timeoutMs`
   */
  until(callId: string, condition: (call: Call | undefined) => boolean, timeoutMs?: number): Promise<void>
}

/** A phone on the same network reacts within a fraction of this. */
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
