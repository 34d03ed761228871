import type { CallDirection, CallOutcome } from '../../core/calls/call.ts'
import type { SupervisionMode } from '../../core/calls/supervision/supervision.ts'

export interface CallTables {
  calls: CallsTable
  call_parties: CallPartiesTable
  placed_calls: PlacedCallsTable
  supervisions: SupervisionsTable
  missed_call_marks: MissedCallMarksTable
}

export interface CallsTable {
  id: string
  direction: CallDirection
  from_number: string
  from_name: string
  to_number: string
  to_name: string
  started_at: number
  answered_at: number | null
  ended_at: number
  duration: number
  billable: number
  outcome: CallOutcome
  cause: number | null
  /** The first recording. */
  recording: string | null
  /** All files as a JSON array; null for calls stored before there could be several. */
  recordings: string | null
  /** Numbers and names as `toSearchText` joins them. */
  search_text: string
}

export interface CallPartiesTable {
  call_id: string
  user_id: number
  extension: string
  /** Equals the call's. */
  started_at: number
  /** 1 if this party's phone answered. */
  answered: number
  /** 1 if this party was called and did not refuse; 0 for the caller. */
  called: number
}

export interface PlacedCallsTable {
  id: string
  user_id: number
  number: string
  created_at: number
  outcome: CallOutcome | null
}

/** Under way now: at most one of a supervisor. */
export interface SupervisionsTable {
  id: string
  supervisor_id: number
  agent_id: number
  call_id: string
  channel_id: string
  mode: SupervisionMode
  /** JSON of a `SessionMark`. */
  session: string
  address: string
  started_at: number
}

export interface MissedCallMarksTable {
  user_id: number
  seen_until: number
}
