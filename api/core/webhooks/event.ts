import { sha256 } from '../../../runtime/hash.ts'

/** What endpoints can subscribe to. */
export const SUBSCRIBABLE_EVENTS = [
  'call.started',
  'call.answered',
  'call.ended',
  'call.missed',
  'recording.ready',
  'agent.status',
  'campaign.started',
  'campaign.paused',
  'campaign.finished',
  'session.started',
  'session.ended',
  'user.created',
  'user.updated',
  'user.disabled',
  'user.deleted',
] as const
export type SubscribableEvent = (typeof SUBSCRIBABLE_EVENTS)[number]
/** `webhook.test` is sent only on request, to one endpoint. */
export type WebhookEventType = SubscribableEvent | 'webhook.test'

/** A fact that endpoints are notified of. */
export interface WebhookEvent {
  type: WebhookEventType
  /** Identifies the fact, such as `call.ended:1769860800.42`: two processes that report it queue one message. */
  key: string
  /** When it happened, unix seconds; fractions are stored as ms. */
  at: number
  /** As the receiver gets it. Ids are those of `/api/v1`. */
  data: Readonly<Record<string, unknown>>
}

/** @returns the id of the event's message: without a full stop, which separates the parts of what is signed */
export const messageIdOf = ({ key }: Pick<WebhookEvent, 'key'>): string => `msg_${sha256(key).slice(0, 32)}`

/** @see https://www.standardwebhooks.com, “Payload structure” */
export const toMessageBody = ({ type, at, data }: Omit<WebhookEvent, 'key'>): string =>
  JSON.stringify({ type, timestamp: isoTime(at), data })

/** @param seconds unix seconds, also with a fraction */
export const isoTime = (seconds: number): string => new Date(Math.round(seconds * 1000)).toISOString()
