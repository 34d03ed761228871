import { Refusal } from '../refusal.ts'
import type { Call } from './call.ts'
import type { CallTable } from './call-tracker.ts'

/** Waits for facts: what was asked of a PBX is done when it tells so. */
export interface Watch {
  /**
   * @param holds of the call as it is, or of undefined while there is none
   * @throws {Refusal} `unconfirmed` after `withinMs`
   */
  until(callId: string, holds: (call: Call | undefined) => boolean, withinMs?: number): Promise<void>
}

/** A phone on the same network does what it is told within a fraction of this. */
const WITHIN_MS = 5_000

export function createWatch(table: Pick<CallTable, 'find' | 'onChange'>): Watch {
  return {
    until(callId, holds, withinMs = WITHIN_MS) {
      if (holds(table.find(callId))) return Promise.resolve()
      return new Promise((resolve, reject) => {
        const off = table.onChange((call) => {
          if (call.id === callId && holds(table.find(callId))) settle(resolve)
        })
        const timer = setTimeout(() => {
          if (holds(table.find(callId))) return settle(resolve)
          settle(() =>
            reject(new Refusal('unconfirmed', { detail: 'it was asked for, and nothing happened in time' })),
          )
        }, withinMs)
        function settle(done: () => void) {
          clearTimeout(timer)
          off()
          done()
        }
      })
    },
  }
}
