import { toUnixSeconds } from '../../../runtime/time.ts'
import type { SecurityEvent, SecurityEventName, SecurityLog } from './security-log.ts'

/** An event as it is stored, besides the file. Times are unix seconds. */
export interface SecurityRecord {
  at: number
  event: SecurityEventName | string
  userId: string | null
  /** The user who did it, or `cli`. */
  actorId: string | null
  address: string
  sessionId: string | null
  /** The other members of the event. */
  detail: Readonly<Record<string, string>>
}

export type StoredSecurityRecord = SecurityRecord & { id: string }

export interface SecurityEventFilter {
  event?: string | undefined
  userId?: string | undefined
  /** From then on. */
  from?: number | undefined
  /** Before then. */
  to?: number | undefined
  /** Part of a username, an address or another text of the event, in any case. */
  text?: string | undefined
}

export type SecurityEventCursor = Pick<StoredSecurityRecord, 'at' | 'id'>

export interface SecurityEventStore {
  add(records: readonly SecurityRecord[]): Promise<void>
  /** Newest first. */
  list(
    filter: SecurityEventFilter,
    page: { after?: SecurityEventCursor; limit: number },
  ): Promise<StoredSecurityRecord[]>
  count(filter: SecurityEventFilter): Promise<number>
  /** Removes up to `limit` events from before `beforeS`, the oldest first. @returns how many */
  purge(beforeS: number, limit: number): Promise<number>
}

/** Writes events to the store, a batch at a time, so that no login waits for it. */
export interface SecurityEventRecorder extends SecurityLog {
  /**
   * Writes what waits. Call it every second, before a query, and at shutdown.
   * @throws {Refusal} `unavailable`; the events wait for the next call
   */
  flush(): Promise<void>
}

/** Events that wait while SQL is away. The file has those that are dropped. */
const MAX_QUEUED = 10_000
const BATCH = 200

export function createSecurityEventRecorder(needs: {
  store: Pick<SecurityEventStore, 'add'>
  /** Unix ms. */
  now: () => number
  /** @param dropped since the last call: the queue was full */
  onDropped(dropped: number): void
}): SecurityEventRecorder {
  const { store, now, onDropped } = needs
  const queue: SecurityRecord[] = []
  let dropped = 0
  let flushing: Promise<void> | undefined

  async function writeAll(): Promise<void> {
    while (queue.length > 0) {
      const batch = queue.slice(0, BATCH)
      await store.add(batch)
      queue.splice(0, batch.length)
    }
    if (dropped > 0) onDropped(dropped)
    dropped = 0
  }

  return {
    write(event) {
      if (queue.length < MAX_QUEUED) queue.push(toSecurityRecord(event, toUnixSeconds(now())))
      else dropped += 1
    },
    flush() {
      flushing ??= writeAll().finally(() => {
        flushing = undefined
      })
      return flushing
    },
  }
}

/** Of a text that a client wrote. */
const MAX_TEXT_LENGTH = 128

export function toSecurityRecord(event: SecurityEvent, at: number): SecurityRecord {
  const members: Readonly<Record<string, string>> = { ...event }
  const { event: name = '', userId, actorId, address = '', sessionId, ...detail } = members
  return {
    at,
    event: name,
    userId: userId ?? null,
    actorId: actorId ?? null,
    address: clean(address),
    sessionId: sessionId ?? null,
    detail: Object.fromEntries(Object.entries(detail).map(([member, text]) => [member, clean(text)])),
  }
}

/** Control characters, which PostgreSQL refuses in part, and half surrogate pairs become U+FFFD. */
const clean = (text: string) =>
  text
    .slice(0, MAX_TEXT_LENGTH)
    .toWellFormed()
    .replace(/\p{Cc}/gu, '\ufffd')

/** Small, as a statement of an embedded database blocks the event loop while it runs. */
const PURGE_BATCH = 500

/** Removes all events from before `beforeS`, unix seconds. Yields between batches. @returns how many */
export async function purgeSecurityEvents(
  store: Pick<SecurityEventStore, 'purge'>,
  beforeS: number,
): Promise<number> {
  let all = 0
  for (;;) {
    const removed = await store.purge(beforeS, PURGE_BATCH)
    all += removed
    if (removed < PURGE_BATCH) return all
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
