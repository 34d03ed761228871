import type { Generated } from 'kysely'
import type { Role } from '../../../contract/claims.ts'
import type { AgentKind, AgentStatus } from '../../core/call-center/agents/agent.ts'
import type { CampaignStatus, DialerMode } from '../../core/call-center/campaigns/campaign.ts'
import type { CampaignTextKind } from '../../core/call-center/desk/campaign-texts.ts'
import type { DispositionEffect } from '../../core/call-center/desk/disposition.ts'
import type { CallOutcome } from '../../core/calls/call.ts'
import type { CredentialState } from '../../core/provisioning/webrtc-credential-store.ts'
import type { MailKind } from '../../core/registration/outbox.ts'
import type { LeadTables } from './tables-leads.ts'

/** Tables of the call center. As in `tables.ts`, booleans are 0 and 1, and times unix seconds. */
export interface CallCenterTables extends LeadTables {
  agents: AgentsTable
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
