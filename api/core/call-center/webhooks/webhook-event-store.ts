import type { DoNotCallEntry } from '../leads/do-not-call.ts'

/** Something that somebody else told us, once. Times are unix seconds. */
export interface WebhookEvent {
  id: string
  source: 'telnyx'
  type: string
  occurredAt: number | null
  receivedAt: number
  /** As it came. */
  body: string
}

export interface WebhookEventStore {
  /**
   * Keeps an event and what it means, both or neither.
   * @param optOut a number that is not to be called any more
   * @returns false for one that is kept already
   */
  save(event: WebhookEvent, optOut: DoNotCallEntry | undefined): Promise<boolean>
  /** @returns how many there were from before then */
  deleteBefore(receivedBefore: number): Promise<number>
}
