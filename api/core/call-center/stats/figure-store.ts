import type { Scope } from '../agents/scope.ts'
import type { TimeRange } from './call-stats-store.ts'
import type { OffsetSpan } from './offset-spans.ts'

export const FIGURE_GROUPS = ['agent', 'campaign'] as const
export type FigureGroup = (typeof FIGURE_GROUPS)[number]

export interface FigureCounts {
  calls: number
  /** Answered by an agent of the scope, or by the agent of the group. */
  answered: number
  /** Ended with another outcome than `answered` and `unknown`. Calls in progress are neither. */
  unanswered: number
  /** Seconds from answer to end, of the answered calls. */
  talked: number
}

export interface FigureRow extends FigureCounts {
  /** Index of the offset span in which the calls began. */
  span: number
  /** Local unix seconds of the call's start, divided by `slotSeconds`, without the rest. */
  slot: number
  /** Null with `none`, and for calls without a campaign. */
  groupId: string | null
}

export interface FigureSearch {
  range: TimeRange
  /** All offsets of the range, in order of time. */
  spans: readonly OffsetSpan[]
  slotSeconds: number
  /** `agent`: a call counts for each agent in it; otherwise once. */
  group: FigureGroup | 'none'
  id?: string | undefined
}

/** Counts calls of agents by time; what counts as a call and an answer is that of `CallStatsStore`. */
export interface FigureStore {
  count(scope: Scope, search: FigureSearch): Promise<FigureRow[]>
  /** Names of agents with a user, or of campaigns, by id. */
  listNames(scope: Scope, group: FigureGroup): Promise<ReadonlyMap<string, string>>
}
