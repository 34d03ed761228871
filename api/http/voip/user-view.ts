import type { Actor } from '../../core/actor.ts'
import type { SessionStore } from '../../core/auth/session-store.ts'
import type { User, UserStore } from '../../core/auth/users.ts'
import type { UserStatuses } from '../../core/presence/user-status.ts'
import { Refusal } from '../../core/refusal.ts'
import * as wire from './wire.ts'

/** Which users are online and which phones are registered now. */
export interface PresenceReader {
  isOnline(userId: string): boolean
  /** Whether the phone of an extension is registered. */
  isReachable(extension: string): boolean
}

export interface UserViewsNeeds {
  users: Pick<UserStore, 'find' | 'findByLogin'>
  statuses: Pick<UserStatuses, 'statusOf'>
  sessionUses: Pick<SessionStore, 'activityOf'>
  presence: PresenceReader
}

/** Converts users to JSON, as a reader may see them. */
export interface UserViews {
  /** Only the user and admins get the email address and the last login. */
  toUsersJson(users: readonly User[], reader: Pick<Actor, 'userId' | 'claims'>): Promise<wire.UserJson[]>
  toUserJson(user: User, reader: Pick<Actor, 'userId' | 'claims'>): Promise<wire.UserJson>
  /** With all members, for the user who has just logged in or registered. */
  toOwnUserJson(user: User): Promise<wire.UserJson>
  /** @throws {Refusal} `token_revoked` if the user was deleted */
  requireActorUser(actor: Actor): Promise<User>
  /** @throws {Refusal} `not_found` */
  requireByExtension(extension: string): Promise<User>
}

export function createUserViews({ users, statuses, sessionUses, presence }: UserViewsNeeds): UserViews {
  async function show(some: readonly User[], readerId: string, isAdmin: boolean) {
    const sessionUseByUser = await sessionUses.activityOf(some.map(({ id }) => id))
    return some.map((user) => {
      const presenceOfUser = {
        status: statuses.statusOf(user.id),
        isOnline: presence.isOnline(user.id),
        isSelf: user.id === readerId,
        sessionUse: sessionUseByUser.get(user.id),
      }
      return wire.toUserJson(user, presenceOfUser, isAdmin || presenceOfUser.isSelf)
    })
  }
  const single = <T>([one]: readonly T[]): T => {
    if (one === undefined) throw new TypeError('one was shown')
    return one
  }

  const showTo = (some: readonly User[], { userId, claims }: Pick<Actor, 'userId' | 'claims'>) =>
    show(some, userId, claims.role === 'admin')

  return {
    toUsersJson: showTo,
    toUserJson: async (user, reader) => single(await showTo([user], reader)),
    toOwnUserJson: async (user) => single(await show([user], user.id, false)),
    async requireActorUser({ userId }) {
      const user = await users.find(userId)
      if (user === undefined) throw new Refusal('token_revoked')
      return user
    },
    async requireByExtension(extension) {
      const user = await users.findByLogin(extension)
      if (user === undefined || user.extension !== extension || user.disabled)
        throw new Refusal('not_found', { detail: 'User not found' })
      return user
    },
  }
}
