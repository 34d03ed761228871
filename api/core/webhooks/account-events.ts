import type { Session } from '../auth/session-store.ts'
import type { User } from '../auth/users.ts'
import { isoTime, type WebhookEvent } from './event.ts'

type UserEventType = 'user.created' | 'user.updated' | 'user.disabled' | 'user.deleted'
type PublicUser = Pick<
  User,
  'id' | 'username' | 'displayName' | 'email' | 'role' | 'extension' | 'disabled' | 'createdAt'
>

/** @param version distinguishes several changes of one user */
export const toUserEvent = (
  type: UserEventType,
  user: PublicUser,
  at: number,
  version: number | string = '',
): WebhookEvent => ({
  type,
  key: `${type}:${user.id}:${version}`,
  at,
  data: {
    user_id: user.id,
    username: user.username,
    display_name: user.displayName ?? user.username,
    email: user.email,
    role: user.role,
    extension: user.extension,
    disabled: user.disabled,
    created_at: isoTime(user.createdAt),
  },
})

export const toSessionStarted = ({
  id,
  userId,
  surface,
  createdAt,
  expiresAt,
}: Pick<Session, 'id' | 'userId' | 'surface' | 'createdAt' | 'expiresAt'>): WebhookEvent => ({
  type: 'session.started',
  key: `session.started:${id}`,
  at: createdAt,
  data: { session_id: id, user_id: userId, surface, expires_at: isoTime(expiresAt) },
})

export const toSessionEnded = (
  { id, userId }: Pick<Session, 'id' | 'userId'>,
  at: number,
  reason: string,
): WebhookEvent => ({
  type: 'session.ended',
  key: `session.ended:${id}`,
  at,
  data: { session_id: id, user_id: userId, reason },
})
