/**
 * What security people want to know, in the words of the OWASP Logging Vocabulary. Times are added by
 * whoever writes it down.
 */
export type SecurityEvent =
  | { event: 'authn_login_success'; username: string; userId: string; sessionId: string; address: string }
  | { event: 'authn_login_fail'; username: string; address: string }
  | { event: 'authn_login_throttled'; username: string; address: string }
  | { event: 'authn_token_reuse'; userId: string; sessionId: string; address: string }
  | SessionEnded
  | { event: 'session_logout'; userId: string; sessionId: string; address: string }

/** Somebody ended a session that is not the one they spoke in. */
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
