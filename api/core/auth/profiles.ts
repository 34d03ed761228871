import type { Actor } from '../actor.ts'
import { Refusal } from '../refusal.ts'
import type { ProfileChange, User, UserStore } from './users.ts'

/** What users read and change of their own account. */
export interface Profiles {
  /** @throws {Refusal} `token_revoked` where the account was deleted, `unavailable` */
  find(actor: Actor): Promise<User>
  /**
   * Ends no session. The directory has a new name a few seconds later.
   * @param change null clears a value
   * @throws {Refusal} as `find`
   */
  update(actor: Actor, change: ProfileChange): Promise<User>
}

export function createProfiles(users: Pick<UserStore, 'find' | 'setProfile'>): Profiles {
  const find = async ({ userId }: Actor) => {
    const user = await users.find(userId)
    if (user === undefined) throw new Refusal('token_revoked', { detail: 'the account was deleted' })
    return user
  }
  return {
    find,
    async update(actor, change) {
      const user = await find(actor)
      return Object.keys(change).length === 0 ? user : users.setProfile(user.id, change)
    },
  }
}

/** The name that other people see. */
export const shownNameOf = ({ displayName, username }: Pick<User, 'displayName' | 'username'>): string =>
  displayName ?? username
