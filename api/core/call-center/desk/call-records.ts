import type { Scope } from '../agents/scope.ts'
import type { Lead } from '../leads/lead.ts'
import type { LeadUpdate } from '../leads/lead-store.ts'
import type { Disposition } from './disposition.ts'

/** A call's note and result, by one agent: after a transfer each of two agents may store theirs. */
export interface CallKey {
  callId: string
  agentId: string
}

/** The note of a call; it is a note of the lead. */
export interface CallNote {
  /** Null after its text was emptied. */
  noteId: string | null
  text: string
  /** 1, 2, 3 … */
  revision: number
}

export interface CallResult {
  disposition: string
  /** As the disposition was named then. */
  name: string
  /** When it was stored, unix seconds. */
  createdAt: number
}

/** What agents store about calls. */
export interface CallRecordStore {
  findNote(key: CallKey): Promise<CallNote | undefined>
  /**
   * @param write `revision` that the client has read, 0 for none
   * The same text again is no conflict: its answer may have been lost.
   * @returns the new revision
   * @throws {Refusal} `stale`; `conflict` if the call has a note of another lead
   */
  saveNote(
    key: CallKey,
    write: { leadId: string; text: string; revision: number; now: number },
  ): Promise<number>
  findResult(key: CallKey): Promise<CallResult | undefined>
  /**
   * Stores a result, changes its lead and writes the note, in one transaction. A call with the same result already gets
   * the note alone.
   * @param write `note`: undefined leaves the one that is stored; its `revision` as in `saveNote`, undefined replaces any
   * @returns false if the call had the result before
   * @throws {Refusal} `conflict` if the call has another result, or one of another lead; what `saveNote` throws; `not_found` for a lead outside the scope; what
   *   `update` throws
   */
  saveResult(
    key: CallKey,
    write: {
      leadId: string
      scope: Scope
      campaignId: string | null
      disposition: Disposition
      note: { text: string; revision: number | undefined } | undefined
      update: (lead: Lead) => LeadUpdate
      now: number
    },
  ): Promise<boolean>
}
