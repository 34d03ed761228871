import type { Generated } from 'kysely'

export interface FactorTables {
  totp_secrets: TotpSecretsTable
  recovery_codes: RecoveryCodesTable
  passkeys: PasskeysTable
  app_passwords: AppPasswordsTable
}

export interface TotpSecretsTable {
  user_id: number
  sealed_secret: string
  confirmed: Generated<number>
  /** The time step of the last accepted code (RFC 6238). */
  last_step: Generated<number>
  created_at: number
}

export interface RecoveryCodesTable {
  user_id: number
  code_hash: string
}

export interface PasskeysTable {
  /** The credential id, as base64url. */
  id: string
  user_id: number
  /** COSE, as base64url. */
  public_key: string
  counter: number
  /** A JSON array. */
  transports: string
  name: string
  created_at: number
  last_used_at: number | null
}

export interface AppPasswordsTable {
  id: Generated<number>
  user_id: number
  password_hash: string
  name: string
  created_at: number
  last_used_at: number | null
}
