import type { Actor } from '../../core/actor.ts'
import type { SessionStore } from '../../core/auth/session-store.ts'
import type { User, UserStore } from '../../core/auth/users.ts'
import type { Statuses } from '../../core/presence/user-status.ts'
import { Refusal } from '../../core/refusal.ts'
import * as wire from './wire.ts'

/** What is known of phones and people at this moment. */
export interface PresenceReader {
  isOnline(userId: string): boolean
  /** Whether the phone of an extension is registered. */
  isReachable(extension: string): boolean
}

export interface PeopleNeeds {
  users: Pick<UserStore, 'find' | 'findByLogin'>
  statuses: Pick<Statuses, 'of'>
  uses: Pick<SessionStore, 'usesOf'>
  presence: PresenceReader
}

/** Users as the document shows them. */
export interface People {
  /** An address and logins are shown to oneself and to admins alone. */
  show(users: readonly User[], reader: Pick<Actor, 'userId' | 'claims'>): Promise<wire.ShownUser[]>
  showOne(user: User, reader: Pick<Actor, 'userId' | 'claims'>): Promise<wire.ShownUser>
  /** Whole, for whoever has just proved or made it. */
  showSelf(user: User): Promise<wire.ShownUser>
  /** @throws {Refusal} `token_revoked` where the user is gone */
  self(actor: Actor): Promise<User>
  /** @throws {Refusal} `not_found` */
  withExtension(extension: string): Promise<User>
}

export function createPeople({ users, statuses, uses, presence }: PeopleNeeds): People {
  async function show(some: readonly User[], readerId: string, isAdmin: boolean) {
    const used = await uses.usesOf(some.map(({ id }) => id))
    return some.map((user) => {
      const seen = {
        status: statuses.of(user.id),
        isOnline: presence.isOnline(user.id),
        isReader: user.id === readerId,
        use: used.get(user.id),
      }
      return wire.user(user, seen, isAdmin || seen.isReader)
    })
  }
  const only = <T>([one]: readonly T[]): T => {
    if (one === undefined) throw new TypeError('one was shown')
    return one
  }

  const showTo = (some: readonly User[], { userId, claims }: Pick<Actor, 'userId' | 'claims'>) =>
    show(some, userId, claims.role === 'admin')

  return {
    show: showTo,
    showOne: async (user, reader) => only(await showTo([user], reader)),
    showSelf: async (user) => only(await show([user], user.id, false)),
    async self({ userId }) {
      const user = await users.find(userId)
      if (user === undefined) throw new Refusal('token_revoked')
      return user
    },
    async withExtension(extension) {
      const user = await users.findByLogin(extension)
      if (user === undefined || user.extension !== extension || user.disabled)
        throw new Refusal('not_found', { detail: 'User not found' })
      return user
    },
  }
}
