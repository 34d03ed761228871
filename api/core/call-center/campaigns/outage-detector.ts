import type { Call, CallOutcome, Leg } from '../../calls/call.ts'
import type { DialAttempt } from './dial-queue.ts'

/**
 * Calls that failed before an external phone was reached. If one number fails, the number is wrong; if many fail, the
 * trunk or the dialplan does.
 */
export const ROUTE_FAILURES = [
  'congestion',
  'unavailable',
  'unknown_number',
  'failed',
] as const satisfies readonly CallOutcome[]
export type RouteFailure = (typeof ROUTE_FAILURES)[number]

export const isRouteFailure = (outcome: CallOutcome): outcome is RouteFailure =>
  (ROUTE_FAILURES as readonly CallOutcome[]).includes(outcome)

/** Outcomes that show that the trunk works: the far end, or its network, responded. */
const ROUTE_SUCCESSES: readonly CallOutcome[] = ['answered', 'busy', 'no_answer', 'declined']

const MAX_FAILURES_IN_A_ROW = 5
/** One or two wrong numbers are no outage, also if each is tried several times. */
const MIN_DISTINCT_NUMBERS = 3
/**
 * The limit while an external phone rings. Failed calls end at once and ringing ones do not, so if only some calls
 * fail, the failures are counted first.
 */
const MAX_FAILURES_WHILE_RINGING = 20
/** A trunk that rejects a call does so within this time. */
const MIN_RINGING_MS = 2_000

/** The reason to pause a campaign. */
export interface Outage {
  /** For people. */
  note: string
  /** The failed calls before the last one: each was counted as an attempt of its lead, which is to be refunded. */
  countedAttempts: readonly Pick<DialAttempt, 'leadId'>[]
}

/** Counts consecutive failed calls of each campaign, in memory: an API that takes over the lease starts at zero. */
export interface OutageDetector {
  /** @param calls all attempts in progress; calls that are over have no legs */
  observe(calls: readonly ActiveAttempt[], nowMs: number): void
  /**
   * Counts nothing, so that it may be repeated for a call until its result can be stored.
   * @param call a call that is over
   * @returns the outage, if this call reaches the limit
   */
  check(campaignId: string, call: EndedAttempt, outcome: CallOutcome): Outage | undefined
  /** Counts a call. Call it once, when the call's result is stored. */
  record(campaignId: string, call: EndedAttempt, outcome: CallOutcome): void
  /** Starts at zero: the campaign was paused, and the attempts of its leads were refunded. */
  reset(campaignId: string): void
}
export type EndedAttempt = Pick<DialAttempt, 'leadId' | 'number' | 'callId'>
export type ActiveAttempt = Pick<DialAttempt, 'campaignId' | 'callId'> & Pick<Call, 'legs'>

interface FailedAttempt {
  leadId: string
  number: string
  outcome: RouteFailure
}

export function createOutageDetector(): OutageDetector {
  const failureRuns = new Map<string, readonly FailedAttempt[]>()
  /** By call: since when the far end has a leg that is not answered, in ms; null once it was answered. */
  const calleeSince = new Map<string, number | null>()
  let ringingCampaigns: ReadonlySet<string> = new Set()

  return {
    observe(calls, nowMs) {
      const ringingNow = new Set<string>()
      for (const { campaignId, callId, legs } of calls) {
        const calleeLegs = legs.filter(isCalleeLeg)
        if (campaignId === null || calleeLegs.length === 0) continue
        const since = calleeSince.get(callId)
        if (calleeLegs.some(({ answeredAt }) => answeredAt !== undefined)) {
          // The answer shows that the trunk works, not the end of the call: the trunk may fail during the talk.
          if (since !== null) failureRuns.delete(campaignId)
          calleeSince.set(callId, null)
        } else if (since === undefined) calleeSince.set(callId, nowMs)
        else if (since !== null && nowMs - since >= MIN_RINGING_MS) ringingNow.add(campaignId)
      }
      ringingCampaigns = ringingNow
      const known = new Set(calls.map(({ callId }) => callId))
      for (const id of calleeSince.keys()) if (!known.has(id)) calleeSince.delete(id)
    },

    check(campaignId, call, outcome) {
      if (!isRouteFailure(outcome)) return undefined
      const counted = failureRuns.get(campaignId) ?? []
      const failures = [...counted, toFailedAttempt(call, outcome)]
      const distinctNumbers = new Set(failures.map(({ number }) => number)).size
      const limit = ringingCampaigns.has(campaignId) ? MAX_FAILURES_WHILE_RINGING : MAX_FAILURES_IN_A_ROW
      if (failures.length < limit || distinctNumbers < MIN_DISTINCT_NUMBERS) return undefined
      return { note: outageNote(failures), countedAttempts: counted.map(({ leadId }) => ({ leadId })) }
    },

    record(campaignId, call, outcome) {
      const wasObservedAnswered = calleeSince.get(call.callId) === null
      if (ROUTE_SUCCESSES.includes(outcome) && !wasObservedAnswered) failureRuns.delete(campaignId)
      // A call that the agent cancelled, or with an unknown outcome, is evidence of neither.
      if (isRouteFailure(outcome))
        failureRuns.set(campaignId, [...(failureRuns.get(campaignId) ?? []), toFailedAttempt(call, outcome)])
    },

    reset: (campaignId) => void failureRuns.delete(campaignId),
  }
}

const toFailedAttempt = ({ leadId, number }: EndedAttempt, outcome: RouteFailure): FailedAttempt => ({
  leadId,
  number,
  outcome,
})

const isCalleeLeg = ({ role, state }: Leg) => role === 'callee' && state !== 'ended'

function outageNote(failures: readonly FailedAttempt[]): string {
  const outcomes = new Set(failures.map(({ outcome }) => outcome))
  if (outcomes.size === 1 && outcomes.has('unknown_number')) {
    return `the PBX knew none of ${failures.length} numbers in a row: check its dial context and dialplan. No attempt was counted`
  }
  const outcomeNames = [...outcomes].map((outcome) => outcome.toUpperCase()).join(', ')
  return `${failures.length} calls in a row failed before a phone outside rang (${outcomeNames}): check the trunk and the dialplan. No attempt was counted`
}
