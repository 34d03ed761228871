import type { NewUser, User } from '../auth/users.ts'

/**
 * An extension of ours on the PBX, from the moment its number is given out until it may be given out again:
 * - `providing` it is, or may be, being made; a later run goes on with it
 * - `ready` a phone can register
 * - `removing` its user is gone, it has to be taken away
 * - `resting` taken away, or its account lost it; the number is given to no other person before the quarantine is over
 * - `foreign` the PBX has it, and not from us: never given out
 */
export type ExtensionState = 'providing' | 'ready' | 'removing' | 'resting' | 'foreign'

/** How long a number rests unless set otherwise, in seconds. */
export const QUARANTINE_S = 30 * 86_400

/** Times are unix seconds. */
export interface Extension {
  extension: string
  state: ExtensionState
  userId: string | null
  /** Tells our own from others' on the PBX. */
  ownershipTag: string
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

/** What a number that is given out comes with. */
export interface NumberAssignment {
  /** Of the number that is given out. */
  seal(extension: string): string
  range: ExtensionRange
  now: number
  /** Until then the process that asked for it makes it. */
  nextTryAt: number
}

export interface Reservation extends NumberAssignment {
  user: Omit<NewUser, 'extension'>
  ownershipTag: string
  /** The hash of one that is used up with it, where one is needed. */
  invitation: string | undefined
}

/**
 * Every change of an extension that is known holds only if its state and attempts are still what was known: of
 * two who try, one goes on. The others get `undefined`.
 */
export interface ExtensionStore {
  /**
   * Adds the user and gives out the lowest number that nobody has, all or nothing, over all processes. It is not
   * the user's own before it is `settle`d, as the PBX may have it for somebody else.
   * @throws {Refusal} `taken` with `detail` as `UserStore.add`, `forbidden` when the invitation is no longer
   *   good, `unavailable` when no number is free
   */
  reserve(reservation: Reservation): Promise<{ user: User; extension: Extension }>
  /**
   * The same user gets another number, and this one is left behind.
   * @param oldState what becomes of it: somebody else's, or ours to be taken away
   * @throws {Refusal} `unavailable` when no number is free
   */
  reassign(
    known: Extension,
    oldState: 'foreign' | 'removing',
    next: NumberAssignment,
  ): Promise<Extension | undefined>
  /**
   * A phone can register: it is `ready`, and its user's own.
   * @throws {Refusal} `taken` when another user got the number meanwhile
   */
  markReady(
    known: Extension,
    made: Pick<Extension, 'sealedSecret' | 'authUsername'>,
    now: number,
  ): Promise<Extension | undefined>
  /**
   * Undoes a reservation: the user goes, the invitation can be used again. An earlier try may have made the
   * extension without our knowing, so it is `removing`.
   * @param at `revokeUntil`: when no token of the user can be alive any more
   */
  rollback(known: Extension, at: { now: number; revokeUntil: number }): Promise<Extension | undefined>
  find(extension: string): Promise<Extension | undefined>
  findByUser(userId: string): Promise<Extension | undefined>
  update(known: Extension, change: Partial<Omit<Extension, 'extension'>>): Promise<Extension | undefined>
  /** In `providing` or `removing` and due by `now`, the longest waiting first. */
  listDue(now: number, limit: number): Promise<Extension[]>
  /** `ready` or `providing`, and the user is no more. */
  listOrphaned(limit: number): Promise<Extension[]>
  /** All that are not `ready` and not `resting`, for operators. */
  listUnfinished(): Promise<Extension[]>
  /** Those that began to rest before may be given out again. */
  releaseQuarantined(before: number): Promise<void>
}
