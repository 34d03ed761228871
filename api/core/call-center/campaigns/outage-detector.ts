import type { Call, Leg, Outcome } from '../../calls/call.ts'
import type { Dialling } from './dial-queue.ts'

/** Calls that failed before a phone outside was reached: of one number it is the number, of many it is the way to it. */
export const NOT_OUT = [
  'congestion',
  'unavailable',
  'unknown_number',
  'failed',
] as const satisfies readonly Outcome[]
export type NotOut = (typeof NOT_OUT)[number]

export const isNotOut = (outcome: Outcome): outcome is NotOut =>
  (NOT_OUT as readonly Outcome[]).includes(outcome)

/** The way out works: the other end, or its network, answered. */
const OUT: readonly Outcome[] = ['answered', 'busy', 'no_answer', 'declined']

/** So many in a row are no accident. */
const MOST_IN_A_ROW = 5
/** A number or two may be bad by themselves, and are tried several times. */
const LEAST_NUMBERS = 3
/**
 * Calls that fail are over at once and those that ring are not, so the failures come first where only some fail: while
 * a phone outside rings the row may be so long.
 */
const MOST_BESIDE_RINGING = 20
/** A trunk that refuses a call does so sooner, in ms. */
const RINGS_AFTER_MS = 2_000

/** What pauses a campaign. */
export interface Outage {
  /** For people. */
  note: string
  /** The calls before the last one: each was counted as an attempt of its lead, and is none. */
  counted: readonly Pick<Dialling, 'leadId'>[]
}

/** Counts calls of campaigns that fail one after another, in memory: an API that takes over begins anew. */
export interface Outages {
  /** @param calls all of leads that are not settled; those that are over have no legs */
  look(calls: readonly LiveCall[], nowMs: number): void
  /**
   * Counts nothing, so that a call whose end cannot be written yet may be judged any number of times.
   * @returns what there is to do when this call, which is over, is the one too many
   */
  judge(campaignId: string, call: EndedCall, outcome: Outcome): Outage | undefined
  /** Counts a call. Call it once, when the call's end is written. */
  note(campaignId: string, call: EndedCall, outcome: Outcome): void
  /** Begins anew: the campaign was paused, and the attempts of its leads were given back. */
  clear(campaignId: string): void
}
export type EndedCall = Pick<Dialling, 'leadId' | 'number' | 'callId'>
export type LiveCall = Pick<Dialling, 'campaignId' | 'callId'> & Pick<Call, 'legs'>

interface Failed {
  leadId: string
  number: string
  outcome: NotOut
}

export function createOutages(): Outages {
  const rows = new Map<string, readonly Failed[]>()
  /** By call: since when the other end has a leg that is not up; null once it was up. */
  const outside = new Map<string, number | null>()
  let ringing: ReadonlySet<string> = new Set()

  return {
    look(calls, nowMs) {
      const ringingNow = new Set<string>()
      for (const { campaignId, callId, legs } of calls) {
        const far = legs.filter(isFar)
        if (campaignId === null || far.length === 0) continue
        const since = outside.get(callId)
        if (far.some(({ answeredAt }) => answeredAt !== undefined)) {
          // At the moment it is answered: a trunk may die while people talk.
          if (since !== null) rows.delete(campaignId)
          outside.set(callId, null)
        } else if (since === undefined) outside.set(callId, nowMs)
        else if (since !== null && nowMs - since >= RINGS_AFTER_MS) ringingNow.add(campaignId)
      }
      ringing = ringingNow
      const known = new Set(calls.map(({ callId }) => callId))
      for (const id of outside.keys()) if (!known.has(id)) outside.delete(id)
    },

    judge(campaignId, call, outcome) {
      if (!isNotOut(outcome)) return undefined
      const counted = rows.get(campaignId) ?? []
      const row = [...counted, failed(call, outcome)]
      const numbers = new Set(row.map(({ number }) => number)).size
      const most = ringing.has(campaignId) ? MOST_BESIDE_RINGING : MOST_IN_A_ROW
      if (row.length < most || numbers < LEAST_NUMBERS) return undefined
      return { note: noteOf(row), counted: counted.map(({ leadId }) => ({ leadId })) }
    },

    note(campaignId, call, outcome) {
      const wasSeenUp = outside.get(call.callId) === null
      if (OUT.includes(outcome) && !wasSeenUp) rows.delete(campaignId)
      // A call that the agent gave up, and one whose end no API heard, is evidence of neither.
      if (isNotOut(outcome)) rows.set(campaignId, [...(rows.get(campaignId) ?? []), failed(call, outcome)])
    },

    clear: (campaignId) => void rows.delete(campaignId),
  }
}

const failed = ({ leadId, number }: EndedCall, outcome: NotOut): Failed => ({ leadId, number, outcome })

const isFar = ({ role, state }: Leg) => role === 'callee' && state !== 'ended'

function noteOf(row: readonly Failed[]): string {
  const outcomes = new Set(row.map(({ outcome }) => outcome))
  if (outcomes.size === 1 && outcomes.has('unknown_number')) {
    return `the PBX knew none of ${row.length} numbers in a row: check its dial context and dialplan. No attempt was counted`
  }
  const words = [...outcomes].map((outcome) => outcome.toUpperCase()).join(', ')
  return `${row.length} calls in a row failed before a phone outside rang (${words}): check the trunk and the dialplan. No attempt was counted`
}
