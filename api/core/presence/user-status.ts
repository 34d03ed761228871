import type { Claims } from '../../../contract/claims.ts'
import { createListeners } from '../../../runtime/listeners.ts'
import { toUnixSeconds } from '../../../runtime/time.ts'
import type { Actor } from '../actor.ts'
import type { UserMessages } from '../messaging/user-messages.ts'
import type { UserStatus, UserStatusStore } from './user-status-store.ts'

/** Whose status it is; the extension is told with it. */
type StatusOwner = Pick<Actor, 'userId'> & { claims: Pick<Claims, 'extension'> }

/** What people say of themselves, kept and told. */
export interface UserStatuses {
  /** @throws {Refusal} `unavailable` */
  set(of: StatusOwner, status: UserStatus): Promise<void>
  /** Tells of one that was set together with something else. @throws {Refusal} `unavailable` */
  publish(of: StatusOwner, status: UserStatus): Promise<void>
  statusOf(userId: string): UserStatus
  /** Reads what other APIs wrote. Call it every second or so; tells when anything changed. */
  refresh(): Promise<void>
  onChange(listener: () => void): void
}

export interface UserStatusesNeeds {
  store: UserStatusStore
  userMessages: Pick<UserMessages, 'broadcast'>
  now: () => number
  /** A listener threw. */
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
    async set(whose, status) {
      await store.set(whose.userId, status, toUnixSeconds(now()))
      await publish(whose, status)
    },
    onChange: (listener) => void listeners.add(listener),
  }
}
