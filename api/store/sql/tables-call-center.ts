import type { Generated } from 'kysely'
import type { Role } from '../../../contract/claims.ts'
import type { AgentKind, AgentStatus } from '../../core/call-center/agents/agent.ts'
import type { CampaignStatus, DialerMode } from '../../core/call-center/campaigns/campaign.ts'
import type { CampaignTextKind } from '../../core/call-center/desk/campaign-texts.ts'
import type { DispositionEffect } from '../../core/call-center/desk/disposition.ts'
import type { LeftReason } from '../../core/call-center/leads/import-undo.ts'
import type { DialState, LeadStatus } from '../../core/call-center/leads/lead.ts'
import type { UndoState } from '../../core/call-center/leads/lead-import.ts'
import type { CallOutcome } from '../../core/calls/call.ts'
import type { CredentialState } from '../../core/provisioning/webrtc-credential-store.ts'
import type { MailKind } from '../../core/registration/outbox.ts'

/** Tables of the call center. As in `tables.ts`, booleans are 0 and 1, and times unix seconds. */
export interface CallCenterTables {
  agents: AgentsTable
  leads: LeadsTable
  lead_notes: LeadNotesTable
  lead_imports: LeadImportsTable
  lead_import_parts: LeadImportPartsTable
  lead_import_faults: LeadImportErrorsTable
  lead_import_odd_cells: LeadImportWarningsTable
  lead_import_changes: LeadImportChangesTable
  do_not_call: DoNotCallTable
  campaigns: CampaignsTable
  campaign_agents: CampaignAgentsTable
  campaign_texts: CampaignTextsTable
  call_notes: CallNotesTable
  call_results: CallResultsTable
  agent_calls: AgentCallsTable
  registrations: RegistrationsTable
  mail_queue: MailQueueTable
  ai_documents: AiDocumentsTable
  ai_versions: AiVersionsTable
  webhook_events: WebhookEventsTable
  webrtc_credentials: WebrtcCredentialsTable
  board_thresholds: BoardThresholdsTable
  wallboards: WallboardsTable
}

export interface AgentsTable {
  id: Generated<number>
  user_id: number | null
  name: string
  kind: AgentKind
  team: string | null
  status: AgentStatus
  status_at: number
  break_reason: Generated<string | null>
  free_from: number
  version: number
  created_at: number
  updated_at: number
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

export interface CampaignsTable {
  id: Generated<number>
  name: string
  description: string | null
  team: string | null
  status: CampaignStatus
  dialer_mode: DialerMode
  rules_json: string
  automation: number
  automation_note: string | null
  stopped: number
  version: number
  created_at: number
  updated_at: number
}

export interface CampaignAgentsTable {
  campaign_id: number
  agent_id: number
}

export interface CampaignTextsTable {
  campaign_id: number
  kind: CampaignTextKind
  body_json: string
  version: number
  updated_at: number
}

export interface CallNotesTable {
  call_id: string
  agent_id: number
  lead_id: number
  note_id: number | null
  revision: number
  updated_at: number
}

export interface CallResultsTable {
  call_id: string
  agent_id: number
  lead_id: number
  campaign_id: number | null
  disposition: string
  name: string
  effect: DispositionEffect
  created_at: number
}

export interface AgentCallsTable {
  id: Generated<number>
  call_id: string
  agent_id: number
  lead_id: number | null
  campaign_id: number | null
  number: string
  created_at: number
  outcome: CallOutcome | null
}

export interface RegistrationsTable {
  id: Generated<number>
  username: string
  email: string
  email_folded: string
  password_hash: string
  name: string
  token_hash: string | null
  created_at: number
  expires_at: number
}

export interface MailQueueTable {
  id: Generated<number>
  kind: MailKind
  recipient: string
  about: string | null
  tries: number
  next_try_at: number
  last_error: string | null
  created_at: number
}

export interface AiDocumentsTable {
  kind: string
  key: string
  name: string | null
  body_json: string
  version: number
  created_at: number
  updated_at: number
}

export interface AiVersionsTable {
  id: Generated<number>
  kind: string
  key: string
  version: number
  body_json: string | null
  created_at: number
  changed_by: number | null
  changed_at: number
}

export interface WebhookEventsTable {
  id: string
  source: string
  type: string
  occurred_at: number | null
  received_at: number
  body: string
}

export interface WebrtcCredentialsTable {
  id: string
  extension: string
  mark: string
  user_id: number
  claims_json: string
  sealed_secret: string
  state: CredentialState
  busy_until: number
  created_at: number
  expires_at: number
}

export interface BoardThresholdsTable {
  /** Empty: of the board of all teams. */
  team: string
  body_json: string
  version: number
  updated_at: number
}

export interface WallboardsTable {
  id: Generated<number>
  name: string
  team: string | null
  token_hash: string
  hides_names: number
  created_by: number
  created_at: number
  expires_at: number | null
}

/** Role and team of the invited account; null for invitations of earlier releases. */
export interface InvitationGrant {
  role: Role | null
  team: string | null
}
