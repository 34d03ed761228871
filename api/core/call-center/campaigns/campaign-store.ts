import type { CallOutcome } from '../../calls/call.ts'
import type { Scope } from '../agents/scope.ts'
import type { Campaign, CampaignStatus } from './campaign.ts'

export type NewCampaign = Pick<
  Campaign,
  'name' | 'description' | 'team' | 'dialerMode' | 'rules' | 'agentIds'
>

/** How far a campaign's list is. */
export interface CampaignProgress {
  total: number
  waiting: number
  dialling: number
  done: number
  /** Attempts of all leads. */
  calls: number
  /** Leads by the outcome of their last call. */
  outcomes: Readonly<Partial<Record<CallOutcome, number>>>
}

/** Leads of one time zone that wait. */
export interface WaitingZone {
  /** IANA name; null for leads without one. */
  zone: string | null
  /** When the first of them is due, unix seconds. */
  dueAt: number
}

export interface CampaignStore {
  add(campaign: NewCampaign, now: number): Promise<Campaign>
  /** Undefined also for a campaign that the scope does not show. */
  find(id: string, scope: Scope): Promise<Campaign | undefined>
  /** By id. */
  list(
    scope: Scope,
    page: { status?: CampaignStatus | undefined; afterId?: string | undefined; limit: number },
  ): Promise<Campaign[]>
  /**
   * @param version of the one that was read, where the client says
   * @throws {Refusal} `not_found`, `stale`
   */
  update(
    id: string,
    change: Partial<NewCampaign>,
    version: number | undefined,
    now: number,
  ): Promise<Campaign>
  /** @returns false where its status is none of `from` */
  transition(
    id: string,
    from: readonly CampaignStatus[],
    to: Partial<Pick<Campaign, 'status' | 'automation' | 'stopped'>>,
    now: number,
  ): Promise<boolean>
  /** Completes one that dials by itself and has called all of its list. @returns whether it did */
  completeIfExhausted(id: string, now: number): Promise<boolean>
  setNote(id: string, note: string | null): Promise<void>
  /**
   * Pauses one that dials by itself, and gives attempts back that were none: a lead of which nothing became but such
   * attempts waits again. All of it or nothing.
   * @param attempts a lead as often as it was tried
   * @returns whether it was active
   */
  pauseForOutage(
    id: string,
    reason: { note: string; attempts: readonly { leadId: string }[] },
    now: number,
  ): Promise<boolean>
  /** Those that are to dial by themselves now. */
  listAutomated(): Promise<Campaign[]>
  progress(ids: readonly string[]): Promise<ReadonlyMap<string, CampaignProgress>>
  waitingZones(id: string): Promise<WaitingZone[]>
  /** Whether a lead that is due may be called by any of these agents. */
  hasDueLeadFor(id: string, agentIds: readonly string[], now: number): Promise<boolean>
}
