import type { Outcome } from '../calls/call.ts'

/** A lead that is being called. */
export interface Dialling {
  leadId: string
  number: string
  campaignId: string | null
  agentId: string
  callId: string
  /** Unix seconds. */
  since: number
}

/**
 * Which leads are being called. It is the only way to call a lead, by hand or by a campaign: neither a lead, nor
 * its number, nor an agent is in two such calls at once, over all APIs and their deaths.
 */
export interface DialQueue {
  /**
   * Takes the lead that is due the longest in a campaign.
   * @param zones time zones in which it may be called now; null stands for leads without one
   * @returns undefined where none is due, or the agent is in a call of a lead
   */
  next(order: {
    campaignId: string
    zones: readonly (string | null)[]
    agentId: string
    callId: string
    now: number
  }): Promise<Dialling | undefined>
  /**
   * Takes one lead, whatever its campaign.
   * @throws {Refusal} `conflict` where it, its number or the agent is in such a call; `not_found`
   */
  take(order: { leadId: string; agentId: string; callId: string; now: number }): Promise<Dialling>
  /** All that are being called. */
  dialling(): Promise<Dialling[]>
  /**
   * The call is over, or never was: the first who says so is heard.
   * @param result `counts` whether it is an attempt; `then` where the lead goes, `nextTryAt` with `waiting`
   */
  settle(
    call: Pick<Dialling, 'leadId' | 'callId'>,
    result: {
      outcome: Outcome
      counts: boolean
      then: 'waiting' | 'done' | 'idle'
      nextTryAt: number
      now: number
    },
  ): Promise<void>
}
