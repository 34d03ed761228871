import type { Call, CallOutcome, Leg } from '../../calls/call.ts'
import type { DialAttempt } from './dial-queue.ts'

/** Calls that failed before a phone outside was reached: of one number it is the number, of many it is the way to it. */
export const ROUTE_FAILURES = [
  'congestion',
  'unavailable',
  'unknown_number',
  'failed',
] as const satisfies readonly CallOutcome[]
export type RouteFailure = (typeof ROUTE_FAILURES)[number]

export const isRouteFailure = (outcome: CallOutcome): outcome is RouteFailure =>
  (ROUTE_FAILURES as readonly CallOutcome[]).includes(outcome)

/** The way out works: the other end, or its network, answered. */
const ROUTE_SUCCESSES: readonly CallOutcome[] = ['answered', 'busy', 'no_answer', 'declined']

/** So many in a row are no accident. */
const MAX_FAILURES_IN_A_ROW = 5
/** A number or two may be bad by themselves, and are tried several times. */
const MIN_DISTINCT_NUMBERS = 3
/**
 * Calls that fail are over at once and those that ring are not, so the failures come first where only some fail: while
 * a phone outside rings the row may be so long.
 */
const MAX_FAILURES_WHILE_RINGING = 20
/** A trunk that refuses a call does so sooner, in ms. */
const MIN_RINGING_MS = 2_000

/** What pauses a campaign. */
export interface Outage {
  /** For people. */
  note: string
  /** The calls before the last one: each was counted as an attempt of its lead, and is none. */
  countedAttempts: readonly Pick<DialAttempt, 'leadId'>[]
}

/** Counts calls of campaigns that fail one after another, in memory: an API that takes over begins anew. */
export interface OutageDetector {
  /** @param calls all of leads that are not settled; those that are over have no legs */
  observe(calls: readonly ActiveAttempt[], nowMs: number): void
  /**
   * Counts nothing, so that a call whose end cannot be written yet may be judged any number of times.
   * @returns what there is to do when this call, which is over, is the one too many
   */
  check(campaignId: string, call: EndedAttempt, outcome: CallOutcome): Outage | undefined
  /** Counts a call. Call it once, when the call's end is written. */
  record(campaignId: string, call: EndedAttempt, outcome: CallOutcome): void
  /** Begins anew: the campaign was paused, and the attempts of its leads were given back. */
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
  /** By call: since when the other end has a leg that is not up; null once it was up. */
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
          // At the moment it is answered: a trunk may die while people talk.
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
      // A call that the agent gave up, and one whose end no API heard, is evidence of neither.
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
