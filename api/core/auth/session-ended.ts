import { Refusal } from '../refusal.ts'
import type { Session, SessionEndReason } from './session-store.ts'

/** Why a session is over. `expired`: it had lasted as long as a session may. */
export type SessionOverReason = SessionEndReason | 'expired'

/** Who ended another session than the one of the request, and why. */
export interface EndedBy {
  reason: SessionEndReason
  actorId: string
  address: string
}

/** `token_revoked` with the reason, which only the holder of the session's own refresh token may learn. */
export class SessionEnded extends Refusal {
  readonly reason: SessionOverReason

  constructor(reason: SessionOverReason) {
    super('token_revoked', { detail: 'the session has ended' })
    this.reason = reason
  }
}

const REASONS: Record<SessionEndReason, true> = {
  logout: true,
  ended_by_user: true,
  ended_by_admin: true,
  token_reuse: true,
  idle: true,
  password: true,
  changed: true,
  disabled: true,
  ended_by_provider: true,
}

/** @param session undefined if it is deleted, which happens long after it expired */
export function reasonOfEnd(session: Pick<Session, 'endReason'> | undefined): SessionOverReason {
  const reason = session?.endReason ?? ''
  return isReason(reason) ? reason : 'expired'
}

const isReason = (reason: string): reason is SessionEndReason => Object.hasOwn(REASONS, reason)
