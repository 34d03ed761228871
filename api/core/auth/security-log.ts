/**
 * Security events, named as in the OWASP Logging Vocabulary where it has a name. The writer adds the time. All members
 * are text.
 */
export type SecurityEvent =
  | { event: 'authn_login_success'; username: string; userId: string; sessionId: string; address: string }
  | { event: 'authn_login_fail'; username: string; address: string }
  | { event: 'authn_login_throttled'; username: string; address: string }
  /** A directory refused a person, or its answer opens no account: `reason` is for administrators alone. */
  | { event: 'authn_directory_refused'; username: string; source: string; reason: string; address: string }
  | {
      event: 'authn_provider_login_fail'
      provider: string
      reason: string
      changes: string
      address: string
    }
  | { event: 'authn_token_reuse'; userId: string; sessionId: string; address: string }
  | { event: 'authn_password_change_fail'; userId: string; username: string; address: string }
  | { event: (typeof FACTOR_PROOF_EVENTS)[number]; userId: string; username: string; address: string }
  | { event: 'authn_password_reset_request'; username: string; address: string }
  | { event: 'authn_password_reset'; userId: string; address: string }
  | SessionEnded
  | { event: 'session_logout'; userId: string; sessionId: string; address: string }
  | UserAdministered
  | ThingAdministered
  | CallSupervised

/** A user or an administrator ended another session than the one of their request. */
export interface SessionEnded {
  event: 'session_ended'
  userId: string
  sessionId: string
  reason: string
  actorId: string
  address: string
}

/** An administrator changed an account, or a user the own password or second factors. */
export interface UserAdministered {
  event: (typeof USER_ADMIN_EVENTS)[number] | (typeof FACTOR_EVENTS)[number]
  userId: string
  /** The username. */
  target: string
  /** New values, such as `role=admin extension=none`; never a password. */
  changes?: string
  actorId: string
  address: string
}

/** An administrator changed something else than an account. */
export interface ThingAdministered {
  event: (typeof THING_ADMIN_EVENTS)[number]
  /** An address, a number, an extension or a name; `any address` of an invitation without one. */
  target: string
  changes?: string
  actorId: string
  address: string
}

/** A supervisor listened to a call of another user, or took it over. */
export interface CallSupervised {
  event: (typeof SUPERVISION_EVENTS)[number]
  /** The agent. */
  userId: string
  /** The agent's username. */
  target: string
  /** `call=… mode=whisper reason=hung_up`: the reason with the end alone. */
  changes: string
  /** The supervisor. */
  actorId: string
  address: string
}

export const SUPERVISION_EVENTS = [
  'call_supervision_started',
  'call_supervision_changed',
  'call_supervision_ended',
  'call_taken_over',
] as const
export const USER_ADMIN_EVENTS = [
  'user_created',
  'user_updated',
  'user_unlocked',
  'user_linked',
  'user_deleted',
  'authn_password_change',
  'identity_linked',
  'identity_unlinked',
  'device_sign_in_allowed',
] as const
export const FACTOR_EVENTS = [
  'second_factor_added',
  'second_factor_removed',
  'second_factors_reset',
  'recovery_codes_replaced',
  'app_password_created',
  'app_password_revoked',
] as const
/** `authn_passkey_copied`: the signature counter of a passkey went back. */
export const FACTOR_PROOF_EVENTS = [
  'authn_second_factor_fail',
  'authn_recovery_code_used',
  'authn_passkey_copied',
] as const
export const THING_ADMIN_EVENTS = [
  'invitation_created',
  'invitation_sent_again',
  'invitation_cancelled',
  'do_not_call_added',
  'do_not_call_removed',
  'provisioning_retried',
  'wallboard_created',
  'wallboard_revoked',
  'webhook_created',
  'webhook_updated',
  'webhook_deleted',
  'webhook_secret_rotated',
  'webhook_replayed',
  'webhook_disabled',
  'account_import_started',
  'service_token_created',
  'service_token_revoked',
  'service_token_refused',
] as const
export const SECURITY_EVENTS = [
  'authn_login_success',
  'authn_login_fail',
  'authn_login_throttled',
  'authn_directory_refused',
  'authn_provider_login_fail',
  'authn_token_reuse',
  'authn_password_change_fail',
  'authn_password_reset_request',
  'authn_password_reset',
  'session_ended',
  'session_logout',
  ...USER_ADMIN_EVENTS,
  ...FACTOR_EVENTS,
  ...FACTOR_PROOF_EVENTS,
  ...THING_ADMIN_EVENTS,
  ...SUPERVISION_EVENTS,
] as const satisfies readonly SecurityEvent['event'][]
export type SecurityEventName = (typeof SECURITY_EVENTS)[number]

export interface SecurityLog {
  write(event: SecurityEvent): void
}

/** Writes each event to all logs, in their order. */
export const joinSecurityLogs = (...logs: readonly SecurityLog[]): SecurityLog => ({
  write(event) {
    for (const log of logs) log.write(event)
  },
})
