import type { Claims } from '../../../contract/claims.ts'
import { createListeners } from '../../../runtime/listeners.ts'
import { toUnixSeconds } from '../../../runtime/time.ts'
import type { Actor } from '../actor.ts'
import type { UserMessages } from '../messaging/user-messages.ts'
import type { UserStatus, UserStatusStore } from './user-status-store.ts'

/** The user with the status; messages contain the extension as well. */
type StatusOwner = Pick<Actor, 'userId'> & { claims: Pick<Claims, 'extension'> }

/** Stores, caches and publishes the statuses that users set. */
export interface UserStatuses {
  /** @throws {Refusal} `unavailable` */
  set(owner: StatusOwner, status: UserStatus): Promise<void>
  /** Publishes a status that was stored together with other data. @throws {Refusal} `unavailable` */
  publish(owner: StatusOwner, status: UserStatus): Promise<void>
  statusOf(userId: string): UserStatus
  /** Reads what other APIs stored. Call it every second or so; listeners are called when anything has changed. */
  refresh(): Promise<void>
  onChange(listener: () => void): void
}

export interface UserStatusesNeeds {
  store: UserStatusStore
  userMessages: Pick<UserMessages, 'broadcast'>
  now: () => number
  /** Called with what a listener has thrown. */
  onError(err: unknown): void
}

export function createUserStatuses({ store, userMessages, now, onError }: UserStatusesNeeds): UserStatuses {
  let cached: ReadonlyMap<string, UserStatus> = new Map()
  const listeners = createListeners<[]>(onError)

  async function refresh() {
    const read = new Map([...(await store.all())].map(([userId, { status }]) => [userId, status]))
    const same =
      read.size === cached.size && [...read].every(([userId, status]) => cached.get(userId) === status)
    cached = read
    if (!same) listeners.notify()
  }

  async function publish({ userId, claims }: StatusOwner, status: UserStatus) {
    await refresh()
    await userMessages.broadcast({
      type: 'user_status',
      user: { id: userId, extension: claims.extension ?? null, status },
    })
  }

  return {
    publish,
    statusOf: (userId) => cached.get(userId) ?? 'available',
    refresh,
    async set(owner, status) {
      await store.set(owner.userId, status, toUnixSeconds(now()))
      await publish(owner, status)
    },
    onChange: (listener) => void listeners.add(listener),
  }
}
