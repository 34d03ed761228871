import type { CallOutcome } from '../../calls/call.ts'

/**
 * `draft` → `active` ⇄ `paused` → `completed`. Whoever stops a campaign ends it for good. One that dials by itself is
 * `completed` when its list is, and may be started again once the list has grown.
 */
export const CAMPAIGN_STATUSES = ['draft', 'active', 'paused', 'completed'] as const
export type CampaignStatus = (typeof CAMPAIGN_STATUSES)[number]

/** `preview`: agents dial by hand. `progressive`: one lead for each free agent, whose phone rings first. */
export const DIALER_MODES = ['preview', 'progressive'] as const
export type DialerMode = (typeof DIALER_MODES)[number]

/** How a campaign dials. */
export interface CampaignRules {
  /** One of the agents' own numbers, by the dial policy; the agent's extension where null. */
  callerId: string | null
  /** Minutes after midnight where the lead is; `end` is not included. */
  startMinute: number
  endMinute: number
  /** ISO: 1 is Monday. */
  weekdays: readonly number[]
  /** IANA name, for leads that have none. */
  timeZone: string
  maxAttempts: number
  /** Minutes until the next attempt, for outcomes without one of their own. */
  retryMinutes: number
  retryMinutesOf: Readonly<Partial<Record<CallOutcome, number>>>
  /** At once. */
  maxCalls: number
  /** Whose bound counts as well: a name of the settings. */
  trunk: string | null
  /** What an agent has between two calls. */
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
  /** Whether it dials by itself while it is active. */
  automation: boolean
  /** What went wrong last as it dialled, for people. */
  automationNote: string | null
  /** `completed` by a person. */
  stopped: boolean
  version: number
  createdAt: number
  updatedAt: number
}
