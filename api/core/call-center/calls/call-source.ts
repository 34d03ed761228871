import type { Call, CallOutcome } from '../../calls/call.ts'
import type { CallRecord } from '../../calls/call-history.ts'

/** Where a call's data comes from: the call tracker (live or just ended), the history, or only the request to place it. */
export type CallSource =
  | { kind: 'live'; call: Call }
  | { kind: 'record'; record: CallRecord }
  | {
      kind: 'requested'
      userId: string | undefined
      number: string
      createdAt: number
      outcome: CallOutcome | null
    }

export const hasEnded = (source: CallSource): boolean => {
  if (source.kind === 'record') return true
  return source.kind === 'live' ? source.call.state === 'ended' : source.outcome !== null
}
