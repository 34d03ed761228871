/** What a person says of themselves. */
export const OWN_STATUSES = ['available', 'away', 'dnd', 'offline'] as const
export type OwnStatus = (typeof OWN_STATUSES)[number]

export interface StatusStore {
  set(userId: string, status: OwnStatus, at: number): Promise<void>
  /** All that were ever set, by user id; `available` for whoever is not in it. */
  all(): Promise<ReadonlyMap<string, { status: OwnStatus; at: number }>>
}

/** Ids of users with a live stream or socket anywhere: what every gate and API said within the last seconds. */
export interface Live {
  online: ReadonlySet<string>
  /** Those who follow their private channel, and hear what they are asked to do. */
  listening: ReadonlySet<string>
}
export interface LiveUsers {
  read(): Promise<Live>
}
