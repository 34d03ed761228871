/** The status that a user sets for themselves. */
export const USER_STATUSES = ['available', 'away', 'dnd', 'offline'] as const
export type UserStatus = (typeof USER_STATUSES)[number]

export interface UserStatusStore {
  set(userId: string, status: UserStatus, at: number): Promise<void>
  /** All statuses that were ever set, by user id; a user without one is `available`. */
  all(): Promise<ReadonlyMap<string, { status: UserStatus; at: number }>>
}

/** Ids of users with a live stream or socket at any node, as their heartbeats of the last seconds report. */
export interface OnlineUserIds {
  online: ReadonlySet<string>
  /** Users who subscribe to their private channel, and so receive commands. */
  listening: ReadonlySet<string>
}
export interface OnlineUsersReader {
  read(): Promise<OnlineUserIds>
}
