import type { SubscribableEvent } from './event.ts'

/** `gone`: it answered 410. `failing`: no attempt succeeded for three days. */
export type DisabledReason = 'gone' | 'failing'

/** A receiver of events. Ids are decimal strings, times unix seconds. */
export interface WebhookEndpoint {
  id: string
  url: string
  description: string
  events: readonly SubscribableEvent[]
  /** Nothing is queued for a disabled endpoint, and what waits for it is sent when it is enabled again. */
  enabled: boolean
  /** Why the API disabled it; null if an administrator did, or if it is enabled. */
  disabledReason: DisabledReason | null
  /** Since then no attempt has succeeded; null while the last one did. */
  failingSince: number | null
  /** Until then messages have a second signature, by the secret before. */
  previousSecretUntil: number | null
  createdBy: string | null
  createdAt: number
  /** Incremented by each change of an administrator. */
  version: number
}

export type NewEndpoint = Pick<WebhookEndpoint, 'url' | 'description' | 'events' | 'enabled'>

/** What signs messages of an endpoint: encrypted, the newest secret first. */
export interface SealedSecrets {
  current: string
  /** Undefined once it has expired. */
  previous: string | undefined
}

/** An endpoint that can be sent to. */
export interface ActiveEndpoint {
  id: string
  url: string
  secrets: SealedSecrets
  /** Whether the last attempt failed. */
  isFailing: boolean
}

/** Times are unix seconds. */
export interface EndpointStore {
  /** @returns undefined if there are `max` already */
  add(
    endpoint: NewEndpoint & { sealedSecret: string; createdBy: string | null },
    now: number,
    max: number,
  ): Promise<WebhookEndpoint | undefined>
  find(id: string): Promise<WebhookEndpoint | undefined>
  /** Sorted by id. */
  list(page: { afterId?: string | undefined; limit: number }): Promise<WebhookEndpoint[]>
  count(): Promise<number>
  /** Enabling it clears the reason and the failure. @throws {Refusal} `not_found`, `stale` */
  update(id: string, endpoint: NewEndpoint, version: number | undefined): Promise<WebhookEndpoint>
  /** The secret so far becomes the previous one. @returns undefined if there is no such endpoint */
  replaceSecret(id: string, sealedSecret: string, previousUntil: number): Promise<WebhookEndpoint | undefined>
  /** Removes its deliveries as well. @returns what it was */
  remove(id: string): Promise<WebhookEndpoint | undefined>
  /** All that are enabled. */
  listActive(now: number): Promise<ActiveEndpoint[]>
  /** Records that an attempt succeeded. */
  markWorking(id: string): Promise<void>
  /** Records that an attempt failed. @returns since when the endpoint has been failing */
  markFailing(id: string, now: number): Promise<number>
  /** @returns the endpoint, if it was enabled */
  disable(id: string, reason: DisabledReason): Promise<WebhookEndpoint | undefined>
}
