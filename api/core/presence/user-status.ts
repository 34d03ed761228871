import type { Claims } from '../../../contract/claims.ts'
import { createListeners } from '../../../runtime/listeners.ts'
import type { Actor } from '../actor.ts'
import type { News } from '../messaging/user-messages.ts'
import type { OwnStatus, StatusStore } from './user-status-store.ts'

/** Whose status it is; the extension is told with it. */
type Of = Pick<Actor, 'userId'> & { claims: Pick<Claims, 'extension'> }

/** What people say of themselves, kept and told. */
export interface Statuses {
  /** @throws {Refusal} `unavailable` */
  set(of: Of, status: OwnStatus): Promise<void>
  /** Tells of one that was set together with something else. @throws {Refusal} `unavailable` */
  tell(of: Of, status: OwnStatus): Promise<void>
  of(userId: string): OwnStatus
  /** Reads what other APIs wrote. Call it every second or so; tells when anything changed. */
  refresh(): Promise<void>
  onChange(listener: () => void): void
}

export interface StatusesNeeds {
  store: StatusStore
  news: Pick<News, 'tellAll'>
  now: () => number
  /** A listener threw. */
  onTrouble(err: unknown): void
}

export function createStatuses({ store, news, now, onTrouble }: StatusesNeeds): Statuses {
  let known: ReadonlyMap<string, OwnStatus> = new Map()
  const listeners = createListeners<[]>(onTrouble)

  async function refresh() {
    const read = new Map([...(await store.all())].map(([userId, { status }]) => [userId, status]))
    const same =
      read.size === known.size && [...read].every(([userId, status]) => known.get(userId) === status)
    known = read
    if (!same) listeners.tell()
  }

  async function tell({ userId, claims }: Of, status: OwnStatus) {
    await refresh()
    await news.tellAll({
      type: 'user_status',
      user: { id: userId, extension: claims.extension ?? null, status },
    })
  }

  return {
    tell,
    of: (userId) => known.get(userId) ?? 'available',
    refresh,
    async set(whose, status) {
      await store.set(whose.userId, status, Math.floor(now() / 1000))
      await tell(whose, status)
    },
    onChange: (listener) => void listeners.add(listener),
  }
}
