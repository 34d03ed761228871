/** Security events, named as in the OWASP Logging Vocabulary. The writer adds the time. */
export type SecurityEvent =
  | { event: 'authn_login_success'; username: string; userId: string; sessionId: string; address: string }
  | { event: 'authn_login_fail'; username: string; address: string }
  | { event: 'authn_login_throttled'; username: string; address: string }
  | { event: 'authn_token_reuse'; userId: string; sessionId: string; address: string }
  | SessionEnded
  | { event: 'session_logout'; userId: string; sessionId: string; address: string }

/** A user or an administrator ended another session than the one of their request. */
export interface SessionEnded {
  event: 'session_ended'
  userId: string
  sessionId: string
  reason: string
  actorId: string
  address: string
}

export interface SecurityLog {
  write(event: SecurityEvent): void
}
