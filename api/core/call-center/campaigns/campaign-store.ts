import type { CallOutcome } from '../../calls/call.ts'
import type { Scope } from '../agents/scope.ts'
import type { Campaign, CampaignStatus } from './campaign.ts'

export type NewCampaign = Pick<
  Campaign,
  'name' | 'description' | 'team' | 'dialerMode' | 'rules' | 'agentIds'
>

/** Progress of a campaign: counts of its leads, by their state in the queue. */
export interface CampaignProgress {
  total: number
  waiting: number
  dialling: number
  done: number
  /** Attempts, of all leads. */
  calls: number
  /** Number of leads by the outcome of their last call. */
  outcomes: Readonly<Partial<Record<CallOutcome, number>>>
}

/** A time zone with waiting leads. */
export interface WaitingZone {
  /** IANA name; null for leads without a time zone. */
  zone: string | null
  /** When the first of these leads is due, unix seconds. */
  dueAt: number
}

export interface CampaignStore {
  add(campaign: NewCampaign, now: number): Promise<Campaign>
  /** Undefined also for a campaign outside the scope. */
  find(id: string, scope: Scope): Promise<Campaign | undefined>
  /** Sorted by id. */
  list(
    scope: Scope,
    page: { status?: CampaignStatus | undefined; afterId?: string | undefined; limit: number },
  ): Promise<Campaign[]>
  /**
   * @param version expected version, if the client sent one
   * @throws {Refusal} `not_found`, `stale`
   */
  update(
    id: string,
    change: Partial<NewCampaign>,
    version: number | undefined,
    now: number,
  ): Promise<Campaign>
  /** @returns false if the status is none of `from`: then nothing is changed */
  transition(
    id: string,
    from: readonly CampaignStatus[],
    to: Partial<Pick<Campaign, 'status' | 'automation' | 'stopped'>>,
    now: number,
  ): Promise<boolean>
  /** Completes a campaign with automation that has leads, none of them waiting or in a call. @returns whether it did */
  completeIfExhausted(id: string, now: number): Promise<boolean>
  setNote(id: string, note: string | null): Promise<void>
  /**
   * Pauses an active campaign and refunds attempts that failed because of the outage. A lead that such attempts
   * ended waits again. One transaction.
   * @param reason `attempts`: one entry for each attempt of a lead
   * @returns whether the campaign was active
   */
  pauseForOutage(
    id: string,
    reason: { note: string; attempts: readonly { leadId: string }[] },
    now: number,
  ): Promise<boolean>
  /** Active campaigns with automation. */
  listAutomated(): Promise<Campaign[]>
  progress(ids: readonly string[]): Promise<ReadonlyMap<string, CampaignProgress>>
  waitingZones(id: string): Promise<WaitingZone[]>
  /** Whether any of these agents may call a lead that is due. */
  hasDueLeadFor(id: string, agentIds: readonly string[], now: number): Promise<boolean>
}
