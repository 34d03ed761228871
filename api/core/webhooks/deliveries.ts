import type { WebhookEvent, WebhookEventType } from './event.ts'

/** `failed`: no attempt is left, until an administrator sends it again. */
export const DELIVERY_STATUSES = ['waiting', 'delivered', 'failed'] as const
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number]

/** What an attempt found out. */
export interface AttemptResult {
  /** Null without an answer. */
  responseStatus: number | null
  /** The start of the body, at most 1 kB. */
  responseText: string | null
  durationMs: number
  /** Why there was no answer; null if there was one. */
  error: string | null
}

/** One message for one endpoint. Times are unix seconds. */
export interface Delivery extends Omit<AttemptResult, 'durationMs'> {
  /** Rises with each delivery. */
  id: string
  messageId: string
  type: WebhookEventType
  status: DeliveryStatus
  /** Attempts so far. */
  tries: number
  createdAt: number
  /** Of the last attempt. So is the result. */
  triedAt: number | null
  durationMs: number | null
  /** Null unless it waits. */
  nextTryAt: number | null
}

/** A delivery that this process may attempt until its claim expires. */
export interface ClaimedDelivery {
  id: string
  endpointId: string
  messageId: string
  body: string
  /** Attempts before this one. */
  tries: number
  /** When the claim expires: identifies it, so that late writes have no effect. */
  claimedUntil: number
}

export interface DeliveryStore {
  /** Claims deliveries of an endpoint that are due at `now`; until `until` no other process gets them. */
  claim(endpointId: string, now: number, until: number, limit: number): Promise<ClaimedDelivery[]>
  finish(
    delivery: ClaimedDelivery,
    status: 'delivered' | 'failed',
    result: AttemptResult,
    now: number,
  ): Promise<void>
  postpone(delivery: ClaimedDelivery, nextTryAt: number, result: AttemptResult, now: number): Promise<void>
  /** Newest first. */
  list(
    endpointId: string,
    filter: { status?: DeliveryStatus | undefined },
    page: { beforeId?: string | undefined; limit: number },
  ): Promise<Delivery[]>
  count(endpointId: string, filter: { status?: DeliveryStatus | undefined }): Promise<number>
  /** Queues an event for one endpoint alone. @returns the id of its message */
  queueFor(endpointId: string, event: WebhookEvent, now: number): Promise<string>
  /** Lets one message be sent again, with all attempts. @returns false if the endpoint has no such message */
  replay(endpointId: string, messageId: string, now: number): Promise<boolean>
  /** The same for all that failed and are of `since` or later. @returns how many */
  replayFailed(endpointId: string, since: number, now: number): Promise<number>
  /** Removes up to `limit` messages from before `before` that no delivery waits for. @returns how many */
  purge(before: number, limit: number): Promise<number>
}
