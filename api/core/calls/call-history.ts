import type { NumberPrefix } from '../dial-policy/number-variants.ts'
import type { CallDirection, CallOutcome } from './call.ts'

/** One call that is over, as it is kept. Times are unix seconds. */
export interface CallRecord {
  /** The call's id: Linkedid. */
  id: string
  direction: CallDirection
  fromNumber: string
  fromName: string
  toNumber: string
  toName: string
  startedAt: number
  answeredAt: number | null
  endedAt: number
  /** Seconds from start to end, and from answer to end. */
  duration: number
  billable: number
  outcome: CallOutcome
  /** Q.850. */
  cause: number | null
  /** Its files, relative to the media root, the first first; empty where the call was not recorded. */
  recordings: readonly string[]
  parties: readonly CallParty[]
}

/** Whose phone was in it, or should have been. */
export interface CallParty {
  userId: string
  extension: string
  /** Whether the phone was picked up: of a group that rings, one's is. */
  answered: boolean
}

/** Whose calls; everybody's where neither is said. */
export interface HistoryScope {
  /** Only calls of this user. */
  userId?: string
  /** Only calls that somebody was a party to who is in this team today. */
  team?: string
}

export interface HistoryFilter extends HistoryScope {
  /** Unix seconds; a call counts by its start. `until` is not included. */
  from?: number
  until?: number
  direction?: CallDirection
  outcome?: CallOutcome
  /** How the number of either side begins; any may hold. */
  numbers?: readonly NumberPrefix[]
}

/** Points behind a record, newest first. */
export interface HistoryCursor {
  startedAt: number
  id: string
}

export interface HistoryStore {
  /**
   * Adds or replaces, all or none: the same call may be told more than once. Parties are only ever added. What was
   * taken for answered and turns out not to be is corrected.
   */
  save(records: readonly CallRecord[]): Promise<void>
  /** Undefined also for a call outside the scope. */
  find(id: string, scope?: HistoryScope): Promise<CallRecord | undefined>
  /** Newest first. */
  list(filter: HistoryFilter, page: { after?: HistoryCursor; limit: number }): Promise<CallRecord[]>
  /**
   * What the PBX's own record adds to one that is there: the larger duration wins, and of a call that was
   * answered, or may have been, the larger billable seconds.
   */
  enrich(id: string, cdr: { duration: number; billable: number }): Promise<void>
  count(filter: HistoryFilter): Promise<number>
}

/** Calls that we were asked to dial, from the moment they were asked for: the truth about them until facts come. */
export interface PlacedCall {
  id: string
  userId: string
  number: string
  createdAt: number
  /** Set when it was over before the PBX knew of it, or when it never did. */
  outcome: CallOutcome | null
}

export interface PlacedCallStore {
  add(call: PlacedCall): Promise<void>
  finish(id: string, outcome: CallOutcome): Promise<void>
  find(id: string): Promise<PlacedCall | undefined>
  /** Those without an outcome that were asked for before `createdBefore`, unix seconds. */
  unfinished(createdBefore: number): Promise<PlacedCall[]>
}
