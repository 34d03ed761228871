/** What a person says of themselves. */
export const USER_STATUSES = ['available', 'away', 'dnd', 'offline'] as const
export type UserStatus = (typeof USER_STATUSES)[number]

export interface UserStatusStore {
  set(userId: string, status: UserStatus, at: number): Promise<void>
  /** All that were ever set, by user id; `available` for whoever is not in it. */
  all(): Promise<ReadonlyMap<string, { status: UserStatus; at: number }>>
}

/** Ids of users with a live stream or socket anywhere: what every gate and API said within the last seconds. */
export interface OnlineUserIds {
  online: ReadonlySet<string>
  /** Those who follow their private channel, and hear what they are asked to do. */
  listening: ReadonlySet<string>
}
export interface OnlineUsersReader {
  read(): Promise<OnlineUserIds>
}
