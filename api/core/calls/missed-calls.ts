import { DAY_S, toUnixSeconds } from '../../../runtime/time.ts'
import type { CallOutcome } from './call.ts'
import type { CallRecord, HistoryStore } from './call-history.ts'

/** Calls with these outcomes are not missed: the user refused them, or it is unknown whether a phone answered. */
export const NEVER_MISSED = ['declined', 'unknown'] as const satisfies readonly CallOutcome[]

/** Calls that ended earlier are not counted. */
const COUNTED_DAYS = 30
/** The largest count. */
const MAX_COUNT = 1_000

/** Whether a phone of the user was called, and neither this user nor another one who was called answered. */
export const isMissedBy = ({ parties, outcome }: CallRecord, userId: string): boolean =>
  !NEVER_MISSED.some((one) => one === outcome) &&
  parties.some((party) => party.userId === userId && party.called) &&
  !parties.some((party) => party.answered && (party.called || party.userId === userId))

/** Up to which moment each user has seen their missed calls. Unix seconds. */
export interface MissedCallMarks {
  find(userId: string): Promise<number | undefined>
  /** An earlier moment than the stored one has no effect. */
  advance(userId: string, seenUntil: number): Promise<void>
}

/** Unix seconds. */
export interface MissedCount {
  /** At most 1000. */
  count: number
  /** Calls that ended later are counted. */
  since: number
  /** Undefined: the user has not seen any yet. */
  seenUntil: number | undefined
}

export interface MissedCalls {
  /** Missed calls that ended after the mark, and within 30 days. */
  count(userId: string): Promise<MissedCount>
  /** Marks all missed calls that ended at this moment or before as seen; a moment in the future counts as now. */
  markSeen(userId: string, until: number): Promise<void>
}

export interface MissedCallsNeeds {
  history: Pick<HistoryStore, 'countMissed'>
  marks: MissedCallMarks
  now: () => number
}

export function createMissedCalls({ history, marks, now }: MissedCallsNeeds): MissedCalls {
  const nowS = () => toUnixSeconds(now())
  return {
    async count(userId) {
      const seenUntil = await marks.find(userId)
      const since = Math.max(seenUntil ?? 0, nowS() - COUNTED_DAYS * DAY_S)
      return { count: await history.countMissed(userId, since, MAX_COUNT), since, seenUntil }
    },
    markSeen: (userId, until) => marks.advance(userId, Math.min(until, nowS())),
  }
}
