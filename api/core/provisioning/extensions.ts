import { DAY_S } from '../../../runtime/time.ts'
import type { NewUser, User } from '../auth/users.ts'

/**
 * Life cycle of an extension, from the assignment of its number until the number may be assigned again:
 * - `provisioning` is being created on the PBX, or waits for a retry
 * - `ready` a phone can register
 * - `deprovisioning` its user is gone; it has to be removed from the PBX
 * - `quarantined` removed, or its account has lost it; the number is in quarantine
 * - `external` exists on the PBX but was not created by us; never assigned
 */
export type ExtensionState = 'provisioning' | 'ready' | 'deprovisioning' | 'quarantined' | 'external'

/** Default quarantine of a number, in seconds. */
export const QUARANTINE_S = 30 * DAY_S

/** Times are unix seconds. */
export interface Extension {
  extension: string
  state: ExtensionState
  userId: string | null
  /** Stored on the PBX; marks the extension as created by us. */
  ownershipTag: string
  /** Sealed: see `sip-secret.ts`. */
  sealedSecret: string
  /** User name of SIP authentication; null until the PBX has returned it. */
  authUsername: string | null
  attempts: number
  /** Last error, for operators; without secrets. */
  lastError: string | null
  nextTryAt: number
  changedAt: number
}

/** First and last number, inclusive, with the same number of digits. */
export interface ExtensionRange {
  first: string
  last: string
}

/** How to assign a number. Times are unix seconds. */
export interface NumberAssignment {
  /** @returns the SIP secret sealed for the assigned number */
  seal(extension: string): string
  range: ExtensionRange
  now: number
  /** Until then only the process that asked for the number provisions it. */
  nextTryAt: number
}

export interface Reservation extends NumberAssignment {
  user: Omit<NewUser, 'extension'>
  ownershipTag: string
  /** Hash of the invitation that is consumed; undefined if none is needed. */
  invitation: string | undefined
  /** An administrator adds the user: an open invitation of the name or address does not prevent it. */
  isByAdmin?: boolean
}

/**
 * Every change compares state and attempts with those of the extension that was read (optimistic locking): of two
 * concurrent changes one succeeds, the other returns undefined.
 */
export interface ExtensionStore {
  /**
   * Adds the user and assigns the lowest free number in one transaction. A number is free if no account or extension
   * uses it and it is not in quarantine. The user's account shows the number after `markReady` only, as the PBX may
   * have it already.
   * @throws {Refusal} `taken` with `detail` as `UserStore.add`, `forbidden` if the invitation is used or expired,
   *   `unavailable` if no number is free
   */
  reserve(reservation: Reservation): Promise<{ user: User; extension: Extension }>
  /**
   * Assigns another number to the same user.
   * @param oldState of the old number: it belongs to the PBX, or we have to remove it
   * @throws {Refusal} `unavailable` if no number is free
   */
  reassign(
    known: Extension,
    oldState: 'external' | 'deprovisioning',
    next: NumberAssignment,
  ): Promise<Extension | undefined>
  /**
   * Sets the state `ready` and stores the number in the user's account. An earlier number of the user goes into
   * quarantine.
   * @throws {Refusal} `taken` if another account has the number
   */
  markReady(
    known: Extension,
    credentials: Pick<Extension, 'sealedSecret' | 'authUsername'>,
    now: number,
  ): Promise<Extension | undefined>
  /**
   * Undoes a reservation: removes the user and makes the invitation usable again. The state becomes `deprovisioning`, as
   * an earlier attempt may have created the extension on the PBX.
   * @param at `revokeUntil`: when the last token of the user has expired
   */
  rollback(known: Extension, at: { now: number; revokeUntil: number }): Promise<Extension | undefined>
  find(extension: string): Promise<Extension | undefined>
  findByUser(userId: string): Promise<Extension | undefined>
  update(known: Extension, change: Partial<Omit<Extension, 'extension'>>): Promise<Extension | undefined>
  /** `provisioning` or `deprovisioning` and due at `now`, longest overdue first. */
  listDue(now: number, limit: number): Promise<Extension[]>
  /** `ready` or `provisioning`, but the user no longer exists. */
  listOrphaned(limit: number): Promise<Extension[]>
  /** All except `ready` and `quarantined`, for operators. */
  listUnfinished(): Promise<Extension[]>
  /** Frees the numbers with a quarantine that began before this time. */
  releaseQuarantined(before: number): Promise<void>
}
