import type { CallOutcome } from '../../calls/call.ts'
import type { DialState } from '../leads/lead.ts'

/** A lead that is being called. */
export interface DialAttempt {
  leadId: string
  number: string
  campaignId: string | null
  /** Null once they have handed the call on: then they are free for the next one. */
  agentId: string | null
  callId: string
  /** Where the lead was before: only one that was `waiting` goes by its campaign's rules afterwards. */
  from: Exclude<DialState, 'dialling'>
  /** Calls that counted before this one. */
  attempts: number
  /** Unix seconds. */
  since: number
}

/** What became of a call, and where its lead goes. */
export interface AttemptResult {
  /** Null where it never was dialled: then the lead has no call more than before. */
  outcome: CallOutcome | null
  /** Whether it is an attempt. */
  isAttempt: boolean
  nextState: Exclude<DialState, 'dialling'>
  /** Of a lead whose number turned out to be on the do-not-call list. */
  status?: 'do_not_call'
  /** With `waiting`. */
  nextTryAt: number
  now: number
}

/**
 * Which leads are being called. It is the only way to call a lead, by hand or by a campaign: neither a lead, nor
 * its number, nor an agent is in two such calls at once, over all APIs and their deaths.
 */
export interface DialQueue {
  /**
   * Takes a lead of a campaign that dials by itself: of the first zone that has one, the one that is due the
   * longest. One that is assigned to somebody who works in the campaign is called by them alone. Leads that must not be called, and those that are won or lost, are `done` when their turn comes.
   * @param zones time zones in which it may call now; null stands for leads without one
   * @returns undefined where none is due, or the agent is in a call of a lead
   */
  claimNext(order: {
    campaignId: string
    zones: readonly (string | null)[]
    agentId: string
    callId: string
    now: number
  }): Promise<DialAttempt | undefined>
  /**
   * Takes one lead, whatever its campaign. The do-not-call list does not hold for an emergency number.
   * @throws {Refusal} `conflict` where it, its number or the agent is in such a call; `dial_denied` for a number
   *   that must not be called; `not_found`
   */
  claim(order: {
    leadId: string
    agentId: string
    callId: string
    isEmergency?: boolean
    now: number
  }): Promise<DialAttempt>
  /** All that are being called. */
  inProgress(): Promise<DialAttempt[]>
  /** The agent has left the call, which goes on without them. */
  releaseAgent(call: Pick<DialAttempt, 'leadId' | 'callId'>): Promise<void>
  /**
   * The call is over, or never was. A lead that nobody had called yet and that was reached is `contacted`;
   * one of nobody is of whoever reached it, within its team.
   * @returns false where somebody said so before
   */
  complete(call: Pick<DialAttempt, 'leadId' | 'callId'>, result: AttemptResult): Promise<boolean>
}

/** Who is in such a call. */
export const busyAgentIds = (attempts: readonly Pick<DialAttempt, 'agentId'>[]): ReadonlySet<string> =>
  new Set(attempts.flatMap(({ agentId }) => agentId ?? []))
