import type { Generated } from 'kysely'
import type { Role } from '../../../contract/claims.ts'
import type { RevocationRecord } from '../../core/auth/revocations.ts'
import type { Language, PasswordAuthority } from '../../core/auth/users.ts'
import type { UserStatus } from '../../core/presence/user-status-store.ts'
import type { ExtensionState } from '../../core/provisioning/extensions.ts'
import type { AccountImportTables } from './tables-account-imports.ts'
import type { CallCenterTables, InvitationGrant } from './tables-call-center.ts'
import type { CallTables } from './tables-calls.ts'
import type { FactorTables } from './tables-factors.ts'
import type { OutgoingWebhookTables } from './tables-webhooks.ts'

/** Booleans are 0 and 1, times unix seconds, in every table and on both engines. */
export interface Tables
  extends CallCenterTables,
    AccountImportTables,
    CallTables,
    FactorTables,
    OutgoingWebhookTables {
  users: UsersTable
  account_names: AccountNamesTable
  sessions: SessionsTable
  provider_identities: ProviderIdentitiesTable
  revocations: RevocationsTable
  security_events: SecurityEventsTable
  service_tokens: ServiceTokensTable
  log_state: LogStateTable
  extensions: ExtensionsTable
  invitations: InvitationsTable
  user_statuses: UserStatusesTable
  favourites: FavouritesTable
  password_resets: PasswordResetsTable
  phone_secret_hashes: PhoneSecretHashesTable
}

export interface UsersTable {
  id: Generated<number>
  username: string
  /** Compared instead of `username`: see `normalizeName`. */
  username_folded: string
  extension: string | null
  email: string | null
  /** Compared instead of `email`. */
  email_folded: string | null
  role: Role
  password_hash: string
  disabled: number
  generation: number
  /** Rises with each change of the row. */
  revision: Generated<number>
  created_at: number
  display_name: Generated<string | null>
  language: Generated<Language | null>
  /** Rises with each change of `display_name` and `language`, which do not raise `revision`. */
  profile_revision: Generated<number>
  password_authority: Generated<PasswordAuthority>
  must_change_password: Generated<number>
  source: Generated<string | null>
  source_id: Generated<string | null>
  /** 1 if the source disabled the account, which enables it again when the person is back. */
  disabled_by_source: Generated<number>
}

/** Of secrets of phones, which the PBX has called right. */
export interface PhoneSecretHashesTable {
  user_id: number
  extension: string
  /** As `UsersTable.password_hash`. */
  secret_hash: string
}

/** Every name by which an account can be found, in normal form: usernames, extensions and addresses. */
export interface AccountNamesTable {
  name: string
  user_id: number
}

export interface SessionsTable {
  id: string
  user_id: number
  surface: string
  created_at: number
  last_seen_at: number
  expires_at: number
  address: string
  user_agent: string
  ended_at: number | null
  end_reason: string | null
  generation: number
  remember: number
  idle_expires_at: number
  /** Of sessions with opaque refresh tokens: number and hash of the latest one. */
  refresh_number: number | null
  refresh_hash: string | null
  /** Of sessions that were opened through an identity provider. */
  provider_id: string | null
  provider_subject: string | null
  provider_session_id: string | null
  /** The app password that opened the session, if it was one. */
  app_password_id: number | null
}

/** Accounts that an administrator has linked with a person of an identity provider. */
export interface ProviderIdentitiesTable {
  provider_id: string
  subject: string
  user_id: number
  created_at: number
}

export interface RevocationsTable {
  id: Generated<number>
  kind: RevocationRecord['kind']
  key: string
  generation: number
  until_s: number
  announced: number
}

export interface SecurityEventsTable {
  id: Generated<number>
  at: number
  event: string
  user_id: number | null
  actor_id: string | null
  address: string
  session_id: string | null
  /** The other members of the event, as a JSON object. */
  detail_json: string
  /** Compared by searches: see `normalizeName`. */
  search_text: string
}

export interface ServiceTokensTable {
  /** 16 hex digits. */
  id: string
  name: string
  token_hash: string
  /** Words with a blank between, as `networks`. */
  scopes: string
  networks: string
  /** Id of a user, who may be deleted since, or `cli`. */
  created_by: string
  created_at: number
  expires_at: number
  last_used_at: number | null
  revoked_at: number | null
  /** When the log of revocations last got it; 0 before. */
  announced_at: number
}

/** One row, inserted by the migration; `epoch` is null until the first one. The stream id is stored in two parts. */
export interface LogStateTable {
  id: number
  epoch: string | null
  cutoff: number
  stream_ms: number
  stream_seq: number
}

export interface UserStatusesTable {
  user_id: number
  status: UserStatus
  set_at: number
}

export interface FavouritesTable {
  user_id: number
  extension: string
  created_at: number
}

/** At most one of a user. */
export interface PasswordResetsTable {
  user_id: number
  token_hash: string
  /** Of the user when the link was mailed: any later change of the account makes the link invalid. */
  revision: number
  expires_at: number
}

export interface ExtensionsTable {
  extension: string
  state: ExtensionState
  user_id: number | null
  mark: string
  sealed_secret: string
  auth_username: string | null
  attempts: number
  last_error: string | null
  next_try_at: number
  changed_at: number
  /** Of a quarantined extension: its last user. */
  former_user_id: number | null
}

export interface InvitationsTable extends InvitationGrant {
  hash: string
  /** Unlike the hash it stays the same. */
  id: string
  extension: string | null
  email_folded: string | null
  created_by: number | null
  created_at: number
  expires_at: number
  used_at: number | null
  used_by: number | null
}
