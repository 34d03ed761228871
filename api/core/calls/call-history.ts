import type { NumberPrefix } from '../dial-policy/number-variants.ts'
import type { CallDirection, CallOutcome } from './call.ts'

/** One ended call as it is stored. Times are unix seconds. */
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
  /** Its recordings, relative to the media root, in order; empty where the call was not recorded. */
  recordings: readonly string[]
  parties: readonly CallParty[]
}

/** A user with a phone that was in the call or was rung. */
export interface CallParty {
  userId: string
  extension: string
  /** Whether this phone answered: in a ring group one phone does. */
  answered: boolean
  /** The party was called, did not call itself, and refused the call at no phone. */
  called?: true
}

/** Limits a query to some calls; empty for all. */
export interface HistoryScope {
  /** Only calls of this user. */
  userId?: string
  /** Only calls with a party who is in this team today. */
  team?: string
}

/** A search for calls. A call matches if its text has all words, or if a number begins with one of the prefixes. */
export interface HistorySearch {
  /** As `foldCase` has them. */
  words: readonly string[]
  numbers: readonly NumberPrefix[]
}

export interface HistoryFilter extends HistoryScope {
  /** Unix seconds; compared with the start of the call. `until` is exclusive. */
  from?: number
  until?: number
  direction?: CallDirection
  outcome?: CallOutcome
  /** Prefixes of the number of either side; one of them must match. */
  numbers?: readonly NumberPrefix[]
  /** For `page` and `total`: it has no index. */
  search?: HistorySearch
  /** Only calls that this user missed. */
  missedBy?: string
}

/** Points after a record, newest first. */
export interface HistoryCursor {
  startedAt: number
  id: string
}

/** A page of calls, newest first. */
export interface HistoryPage {
  calls: CallRecord[]
  /** Where the next page begins; undefined at the end. */
  next: HistoryCursor | undefined
}

/** How many calls match a filter. */
export interface HistoryTotal {
  count: number
  /** False where only the newest 10 000 calls of the user and the time span were counted. */
  isExact: boolean
}

export interface HistoryStore {
  /**
   * Adds or replaces all records in one transaction: the same call may be saved more than once. Parties are
   * only added. An outcome that was inferred as answered and turns out not to be is corrected.
   */
  save(records: readonly CallRecord[]): Promise<void>
  /** @returns undefined also for a call outside the scope */
  find(id: string, scope?: HistoryScope): Promise<CallRecord | undefined>
  /** Newest first. */
  list(filter: HistoryFilter, page: { after?: HistoryCursor; limit: number }): Promise<CallRecord[]>
  /**
   * As `list`. A search reads at most 100 000 calls for a page: the page may be short, or even empty, and have a next one.
   */
  page(filter: HistoryFilter, page: { after?: HistoryCursor; limit: number }): Promise<HistoryPage>
  total(filter: HistoryFilter): Promise<HistoryTotal>
  /** Missed calls of a user that ended after `since`. @param max the largest count */
  countMissed(userId: string, since: number, max: number): Promise<number>
  /**
   * Merges the PBX's own call detail record into a stored one: the larger duration wins, and for a call that
   * was answered, or may have been, the larger billable seconds.
   */
  enrich(id: string, cdr: { duration: number; billable: number }): Promise<void>
  count(filter: HistoryFilter): Promise<number>
}

/**
 * A call that the API was asked to place, from the request on. Until the PBX reports the call this is all
 * that is known of it.
 */
export interface PlacedCall {
  id: string
  userId: string
  number: string
  createdAt: number
  /** Set when the call ended before the PBX reported it, or when it was never reported. */
  outcome: CallOutcome | null
}

export interface PlacedCallStore {
  add(call: PlacedCall): Promise<void>
  finish(id: string, outcome: CallOutcome): Promise<void>
  find(id: string): Promise<PlacedCall | undefined>
  /** @returns the calls without an outcome that were requested before `createdBefore`, unix seconds */
  unfinished(createdBefore: number): Promise<PlacedCall[]>
}
