import type { Call, Outcome } from '../../calls/call.ts'
import type { CallRecord } from '../../calls/call-history.ts'

/** What is known of a call: as it lives, as it was kept, or only that it was asked for. */
export type CallFact =
  | { known: 'call'; call: Call }
  | { known: 'record'; record: CallRecord }
  | { known: 'asked'; userId: string | undefined; number: string; createdAt: number; outcome: Outcome | null }

export const isOver = (fact: CallFact): boolean => {
  if (fact.known === 'record') return true
  return fact.known === 'call' ? fact.call.state === 'ended' : fact.outcome !== null
}
