import { DAY_S } from '../../../../runtime/time.ts'
import type { DoNotCallEntry } from '../leads/do-not-call.ts'

/** Events are deleted after this long. */
export const EVENT_RETENTION_S = 30 * DAY_S

/** An event that another service sent. Times are unix seconds. */
export interface WebhookEvent {
  id: string
  source: 'telnyx'
  type: string
  occurredAt: number | null
  receivedAt: number
  /** As received. */
  body: string
}

export interface WebhookEventStore {
  /**
   * Stores an event and the do-not-call entry that it causes, in one transaction.
   * @returns false for an event that is stored already
   */
  save(event: WebhookEvent, optOut: DoNotCallEntry | undefined): Promise<boolean>
  /** @returns the number of deleted events */
  deleteBefore(receivedBefore: number): Promise<number>
}
