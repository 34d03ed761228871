import type { RevocationRecord } from '../revocations.ts'
import type { FactorOwner } from './factor-store.ts'

/** A password of one device. Times are unix seconds. */
export interface AppPassword {
  id: string
  name: string
  createdAt: number
  lastUsedAt: number | null
}

export interface AppPasswordStore {
  /** @throws {Refusal} `conflict` if the account has `max` of them */
  add(
    owner: FactorOwner,
    password: { name: string; hash: string; atS: number },
    max: number,
  ): Promise<AppPassword>
  /** The newest first. */
  list(userId: string): Promise<AppPassword[]>
  find(userId: string, hash: string): Promise<AppPassword | undefined>
  touch(id: string, atS: number): Promise<void>
  /**
   * Deletes it, and ends the sessions that it opened, in one transaction.
   * @returns its name, and the revocations of the sessions @throws {Refusal} `not_found`
   */
  revoke(owner: FactorOwner, id: string, atS: number): Promise<{ name: string; ended: RevocationRecord[] }>
}
