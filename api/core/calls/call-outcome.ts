import type { CallOutcome } from './call.ts'
import type { DialEnd, OriginateResult } from './pbx-events.ts'

/** How one channel's part in a call ended, to find out why the call was not answered. */
export interface ParticipationEnd {
  wasUp: boolean
  dialEnd: DialEnd | undefined
  /** Q.850; 0 where the PBX gave none. Undefined when no API was connected as it ended. */
  cause: number | undefined
  /** The channel went on in another call. */
  movedToAnotherCall: boolean
}

export interface OutcomeInput {
  /** Whether two ends talked, or one end with the PBX itself. */
  answered: boolean
  /** The PBX rang the caller's own phone before it dialed the number. */
  ringsCallerFirst: boolean
  originate: Pick<OriginateResult, 'answered' | 'reason'> | undefined
  /** Undefined when no phone of the caller rang. */
  caller: ParticipationEnd | undefined
  callees: readonly ParticipationEnd[]
}

/**
 * Outcomes of far ends, the most significant first: in a ring group the first one in this list is the outcome
 * of the call.
 */
const PRECEDENCE = [
  'cancelled',
  'no_answer',
  'declined',
  'busy',
  'congestion',
  'unavailable',
  'unknown_number',
  'failed',
] as const satisfies readonly CallOutcome[]
type Failure = (typeof PRECEDENCE)[number]

/** Derives why a call ended. */
export function outcomeOf({
  answered,
  ringsCallerFirst,
  originate,
  caller,
  callees,
}: OutcomeInput): CallOutcome {
  if (answered) return 'answered'
  if (ringsCallerFirst && caller?.wasUp !== true) return callerOutcome(caller, originate)
  if ([caller, ...callees].some((part) => part?.cause === undefined && part?.movedToAnotherCall === false))
    return 'unknown'
  return (
    decisiveEnd(callees)?.outcome ?? (caller && (failureFromCause(caller.cause) ?? 'cancelled')) ?? 'failed'
  )
}

/** The far end that decides the outcome of the call. */
export function decisiveEnd<P extends ParticipationEnd>(
  callees: readonly P[],
): { part: P; outcome: Failure } | undefined {
  const ends = callees.map((part) => ({ part, outcome: calleeOutcome(part) }))
  return ends.sort((a, b) => PRECEDENCE.indexOf(a.outcome) - PRECEDENCE.indexOf(b.outcome))[0]
}

/** For an end that was called. A phone that declines counts for the PBX as one that did not answer. */
function calleeOutcome({ cause, dialEnd, movedToAnotherCall }: ParticipationEnd): Failure {
  if (cause === 21) return 'declined'
  if (dialEnd !== undefined && dialEnd !== 'answered' && dialEnd !== 'other') {
    return dialEnd === 'unavailable' || dialEnd === 'no_answer'
      ? (failureFromCause(cause) ?? dialEnd)
      : dialEnd
  }
  return failureFromCause(cause) ?? (movedToAnotherCall || cause === 16 ? 'cancelled' : 'failed')
}

/**
 * For the caller's own phone, which rings first. The reason of an OriginateResponse distinguishes "no answer"
 * and little else, and some versions of Asterisk report no cause then.
 */
function callerOutcome(
  caller: ParticipationEnd | undefined,
  originate: OutcomeInput['originate'],
): CallOutcome {
  if (caller === undefined) return 'own_unavailable'
  if (caller.cause === 21) return 'own_declined'
  if (caller.dialEnd === 'busy' || caller.cause === 17 || originate?.reason === 5) return 'own_busy'
  if (originate?.reason === 3) return 'own_no_answer'
  if (caller.cause === 16 || caller.dialEnd === 'cancelled') return 'cancelled'
  const failure = failureFromCause(caller.cause) ?? caller.dialEnd
  if (failure === 'no_answer') return 'own_no_answer'
  if (failure === 'unavailable' || failure === 'unknown_number') return 'own_unavailable'
  return caller.cause === undefined ? 'unknown' : 'failed'
}

/** The outcome that a cause (ITU-T Q.850) implies; undefined for causes that imply none. */
export function failureFromCause(cause: number | undefined): Failure | undefined {
  switch (cause) {
    case 1: // unallocated number
    case 28: // invalid number format
      return 'unknown_number'
    case 17:
      return 'busy'
    case 18: // no user responding
    case 19: // no answer
      return 'no_answer'
    case 21:
      return 'declined'
    case 3: // no route
    case 20: // subscriber absent: not registered
    case 22: // number changed
    case 27: // out of order
    case 102: // timer expired: nothing came back
      return 'unavailable'
    case 34: // no circuit
    case 38: // network out of order
    case 41: // temporary failure
    case 42: // switch congested
    case 44: // channel not available
    case 58: // bearer not available
    case 88: // incompatible
      return 'congestion'
    default:
      return undefined
  }
}
