import type { Generated } from 'kysely'
import type { LeftReason } from '../../core/call-center/leads/import-undo.ts'
import type { DialState, LeadStatus } from '../../core/call-center/leads/lead.ts'
import type { UndoState } from '../../core/call-center/leads/lead-import.ts'
import type { CallOutcome } from '../../core/calls/call.ts'

/** Tables of leads. As in `tables.ts`, booleans are 0 and 1, and times unix seconds. */
export interface LeadTables {
  leads: LeadsTable
  lead_notes: LeadNotesTable
  lead_imports: LeadImportsTable
  lead_import_parts: LeadImportPartsTable
  lead_import_faults: LeadImportErrorsTable
  lead_import_odd_cells: LeadImportWarningsTable
  lead_import_changes: LeadImportChangesTable
  do_not_call: DoNotCallTable
}

export interface LeadsTable {
  id: Generated<number>
  first_name: string
  last_name: string
  phone: string
  number: string
  email: string | null
  company: string | null
  title: string | null
  status: LeadStatus
  notes: string | null
  time_zone: string | null
  team: string | null
  agent_id: number | null
  campaign_id: number | null
  attempts: number
  last_call_at: number | null
  last_outcome: CallOutcome | null
  last_agent_id: number | null
  dial_state: DialState
  next_try_at: number
  dialling_call_id: string | null
  dialling_agent_id: number | null
  dialling_since: number | null
  first_folded: Generated<string>
  last_folded: Generated<string>
  company_folded: Generated<string | null>
  email_folded: Generated<string | null>
  dialling_from: Exclude<DialState, 'dialling'> | null
  callback_at: Generated<number | null>
  callback_time_zone: Generated<string | null>
  callback_agent_id: Generated<number | null>
  callback_is_own: Generated<number | null>
  callback_attempts: Generated<number | null>
  result_state: Generated<'waiting' | 'done' | null>
  result_try_at: Generated<number | null>
  version: number
  created_at: number
  updated_at: number
}

export interface LeadNotesTable {
  id: Generated<number>
  lead_id: number
  agent_id: number | null
  content: string
  created_at: number
}

export interface LeadImportsTable {
  id: Generated<number>
  agent_id: number
  state: 'running' | 'done' | 'failed'
  order_json: string
  total: number
  done: number
  added: number
  updated: number
  skipped: number
  refused: number
  undo_state: UndoState
  removed: number
  restored: number
  left_alone: number
  created_at: number
  updated_at: number
}

export interface LeadImportPartsTable {
  import_id: number
  part: number
  content: string
}

export interface LeadImportErrorsTable {
  import_id: number
  line: number
  reason: string
  column_name: string | null
}

export interface LeadImportWarningsTable {
  import_id: number
  place: number
  line: number
  column_name: string | null
  reason: string
}

export interface LeadImportChangesTable {
  import_id: number
  lead_id: number
  version: number
  before_json: string | null
  left_reason: LeftReason | null
}

export interface DoNotCallTable {
  number: string
  reason: string
  added_at: number
}
