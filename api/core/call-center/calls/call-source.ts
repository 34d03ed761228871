import type { Call, CallOutcome } from '../../calls/call.ts'
import type { CallRecord } from '../../calls/call-history.ts'

/** What is known of a call: as it lives, as it was kept, or only that it was asked for. */
export type CallSource =
  | { kind: 'call'; call: Call }
  | { kind: 'record'; record: CallRecord }
  | {
      kind: 'asked'
      userId: string | undefined
      number: string
      createdAt: number
      outcome: CallOutcome | null
    }

export const hasEnded = (source: CallSource): boolean => {
  if (source.kind === 'record') return true
  return source.kind === 'call' ? source.call.state === 'ended' : source.outcome !== null
}
