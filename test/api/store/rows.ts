import type { Session } from '../../../api/core/session.ts'
import type { NewUser } from '../../../api/core/users.ts'

/** A user and a session good in every way; tests name what is different. */
export function newUser(difference: Partial<NewUser> = {}): NewUser {
  return { username: 'anna', extension: '201', role: 'user', passwordHash: '$argon2id$…', ...difference }
}

export function newSession(difference: Partial<Session> = {}): Session {
  return {
    id: 'c2Vzc2lvbi1vbmUtb2YtMQ',
    userId: '1',
    surface: 'softphone',
    generation: 0,
    createdAt: 1_700_000_000,
    lastSeenAt: 1_700_000_000,
    expiresAt: 1_702_592_000,
    address: '192.0.2.7',
    userAgent: 'Softphone/1.0 «тест»',
    idleExpiresAt: 1_702_592_000,
    remember: false,
    refresh: null,
    endedAt: null,
    endReason: null,
    ...difference,
  }
}

export const until = 1_800_000_000
