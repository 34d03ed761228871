import type { CallOutcome } from '../../calls/call.ts'

/**
 * `draft` → `active` ⇄ `paused` → `completed`. A campaign that a user stops is completed for good. A campaign with
 * automation is completed when no lead is left to call, and may be started again when leads were added.
 */
export const CAMPAIGN_STATUSES = ['draft', 'active', 'paused', 'completed'] as const
export type CampaignStatus = (typeof CAMPAIGN_STATUSES)[number]

/** `preview`: agents dial by hand. `progressive`: one lead for each free agent; the agent's phone rings first. */
export const DIALER_MODES = ['preview', 'progressive'] as const
export type DialerMode = (typeof DIALER_MODES)[number]

/** The dialing rules of a campaign. */
export interface CampaignRules {
  /** Caller ID: a number that the dial policy allows the agents to show. Null shows the agent's extension. */
  callerId: string | null
  /** Minutes after midnight in the lead's time zone; `endMinute` is exclusive. */
  startMinute: number
  endMinute: number
  /** ISO 8601: 1 is Monday. */
  weekdays: readonly number[]
  /** IANA name, for leads without a time zone. */
  timeZone: string
  maxAttempts: number
  /** Minutes until the next attempt, for outcomes that `retryMinutesOf` does not list. */
  retryMinutes: number
  retryMinutesOf: Readonly<Partial<Record<CallOutcome, number>>>
  /** Maximum of simultaneous calls. */
  maxCalls: number
  /** Name of a trunk in the settings; its limit of calls applies as well. */
  trunk: string | null
  /** Pause of an agent after an answered call. */
  wrapUpSeconds: number
}

/** Ids are decimal strings, times unix seconds. */
export interface Campaign {
  id: string
  name: string
  description: string | null
  team: string | null
  status: CampaignStatus
  dialerMode: DialerMode
  rules: CampaignRules
  agentIds: readonly string[]
  /** Whether the dialer calls its leads while it is active. */
  automation: boolean
  /** Last failure of the dialer, for people. */
  automationNote: string | null
  /** Whether a user completed it with `stop`. */
  stopped: boolean
  version: number
  createdAt: number
  updatedAt: number
}
