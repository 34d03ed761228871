import type { NewUser, User } from '../users.ts'

/**
 * An extension of ours on the PBX, from the moment its number is given out until it may be given out again:
 * - `providing` it is, or may be, being made; a later run goes on with it
 * - `ready` a phone can register
 * - `removing` its user is gone, it has to be taken away
 * - `resting` taken away; the number is not given out again before the quarantine is over
 * - `foreign` the PBX has it for somebody else: never given out
 */
export type ExtensionState = 'providing' | 'ready' | 'removing' | 'resting' | 'foreign'

/** Times are unix seconds. */
export interface Extension {
  extension: string
  state: ExtensionState
  userId: string | null
  /** Tells our own from others' on the PBX. */
  mark: string
  /** Sealed: see `sip-secret.ts`. */
  sealedSecret: string
  /** What the phone logs in with; null until the PBX has told. */
  authUsername: string | null
  attempts: number
  /** What went wrong last, for operators; without secrets. */
  lastError: string | null
  nextTryAt: number
  changedAt: number
}

/** First and last number, of equally many digits. */
export interface ExtensionRange {
  first: string
  last: string
}

export interface Reservation {
  user: Omit<NewUser, 'extension'>
  mark: string
  /** Of the number that is given out. */
  seal(extension: string): string
  range: ExtensionRange
  now: number
  /** No quarantine that began after this, unix seconds, is over. */
  restedBefore: number
}

export interface ExtensionStore {
  /**
   * Adds the user with the lowest number that is free, all or nothing, over all processes.
   * @throws {Refusal} `taken` with `detail` as `UserStore.add`; `unavailable` when no number is free
   */
  reserve(reservation: Reservation): Promise<{ user: User; extension: Extension }>
  /** The number is somebody else's on the PBX: the same user gets the next one. Same errors. */
  replace(
    extension: Extension,
    next: Pick<Reservation, 'seal' | 'range' | 'now' | 'restedBefore'>,
  ): Promise<Extension>
  find(extension: string): Promise<Extension | undefined>
  ofUser(userId: string): Promise<Extension | undefined>
  /** Changes it if its state and attempts are still what `known` says: of two who try, one goes on. */
  update(known: Extension, change: Partial<Omit<Extension, 'extension'>>): Promise<Extension | undefined>
  /** Undoes a reservation: the user goes, the number rests. */
  undo(extension: Extension, now: number): Promise<void>
  /** In `providing` or `removing` and due by `now`, the longest waiting first. */
  due(now: number, limit: number): Promise<Extension[]>
  /** `ready` or `providing`, and the user is no more. */
  orphans(limit: number): Promise<Extension[]>
  /** All that are not `ready` and not `resting`, for operators. */
  unsettled(): Promise<Extension[]>
}
