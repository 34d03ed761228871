import type { CallOutcome } from '../../calls/call.ts'
import type { DialState } from '../leads/lead.ts'

/** A lead that is being called: an attempt in progress. */
export interface DialAttempt {
  leadId: string
  number: string
  campaignId: string | null
  /** Null once the agent has transferred the call: then they are free for the next one. */
  agentId: string | null
  callId: string
  /** State of the lead before: the campaign's rules apply afterwards only to a lead that was `waiting`. */
  from: Exclude<DialState, 'dialling'>
  /** Attempts before this one; of a lead with a callback those since it was agreed. */
  attempts: number
  /** When the lead was claimed, unix seconds. */
  since: number
}

/** The result of a call, and the next state of its lead. */
export interface AttemptResult {
  /** Null if the call was never dialed: then the lead's last call stays unchanged. */
  outcome: CallOutcome | null
  /** Whether the call counts as an attempt. */
  isAttempt: boolean
  nextState: Exclude<DialState, 'dialling'>
  /** Set if the lead's number turned out to be on the do-not-call list. */
  status?: 'do_not_call'
  /** Unix seconds; used with `waiting`. */
  nextTryAt: number
  now: number
}

/**
 * The leads that are being called. Each call of a lead, by hand or by a campaign, claims the lead here first: neither
 * a lead nor its number nor an agent is in two such calls at once, across all APIs and their crashes.
 */
export interface DialQueue {
  /**
   * Claims a lead of an active campaign with automation: a callback that is due, else from the first zone that has one
   * the lead that has been due longest. A lead with a callback is not called before it. Only its own agent calls a lead
   * that is assigned to an agent of the campaign, and a callback that they agreed for themselves. Leads on the do-not-call
   * list and those with a `CLOSED_STATUSES` status become `done` when their turn comes.
   * @param order `zones`: time zones in which the campaign may call now, null for leads without a time zone
   * @returns undefined if no lead is due, or the agent is in a call of a lead
   */
  claimNext(order: {
    campaignId: string
    zones: readonly (string | null)[]
    agentId: string
    callId: string
    now: number
  }): Promise<DialAttempt | undefined>
  /**
   * Claims one lead, of any campaign or none. The do-not-call list does not apply to an emergency number.
   * @throws {Refusal} `conflict` if the lead, its number or the agent is in such a call; `dial_denied` for a number
   *   on the do-not-call list; `not_found`
   */
  claim(order: {
    leadId: string
    agentId: string
    callId: string
    isEmergency?: boolean
    now: number
  }): Promise<DialAttempt>
  /** All attempts in progress. */
  inProgress(): Promise<DialAttempt[]>
  /** Frees the agent of an attempt: they have left the call, which goes on without them. */
  releaseAgent(call: Pick<DialAttempt, 'leadId' | 'callId'>): Promise<void>
  /**
   * Ends an attempt: the call is over, or was never dialed. Changes status and owner of the lead as `leadChangesAfter`
   * decides, in the same statement. A result that was stored during the call (`LeadUpdate.afterCall`) decides about the
   * next state instead of `result`, and a callback in the future lets the lead wait for it. One that is due is over once
   * the lead was reached, or is done.
   * @returns false if the attempt was completed before
   */
  complete(call: Pick<DialAttempt, 'leadId' | 'callId'>, result: AttemptResult): Promise<boolean>
}

/** Agents in a call of a lead. */
export const busyAgentIds = (attempts: readonly Pick<DialAttempt, 'agentId'>[]): ReadonlySet<string> =>
  new Set(attempts.flatMap(({ agentId }) => agentId ?? []))
