import { z } from '@hono/zod-openapi'
import { oneLine } from '../../core/values/one-line.ts'
import { DELIVERY_STATUSES, type Delivery } from '../../core/webhooks/deliveries.ts'
import type { NewEndpoint, WebhookEndpoint } from '../../core/webhooks/endpoint.ts'
import { SUBSCRIBABLE_EVENTS } from '../../core/webhooks/event.ts'
import { toIsoTime } from '../iso-time.ts'
import { Time } from '../openapi.ts'
import { ListQuery, paged } from './paging.ts'
import { IdParam, UserId } from './wire.ts'

const EndpointId = IdParam.openapi({ example: '3' })
const MessageId = z
  .string()
  .regex(/^msg_[\w-]{32}$/, 'must be the id of a message')
  .openapi({ example: 'msg_Cr7MW2QlixZwsBJDEs4AwCr7MW2QlixZ' })
export const EndpointParams = z.object({ webhookId: EndpointId })
export const MessageParams = z.object({ webhookId: EndpointId, messageId: MessageId })

const EventType = z.enum(SUBSCRIBABLE_EVENTS)
const Url = z.string().min(1).max(2_000).openapi({ example: 'https://crm.example.org/hooks/phone' })

export const WebhookJson = z
  .object({
    id: EndpointId,
    url: Url,
    description: z.string(),
    events: z.array(EventType),
    enabled: z.boolean().openapi({ description: 'Nothing is sent to a disabled one, nor queued for it' }),
    disabled_reason: z.enum(['gone', 'failing']).nullable().openapi({
      description:
        'Why Hookswitch disabled it: it answered 410, or no attempt succeeded for three days. Null otherwise',
    }),
    failing_since: Time.nullable().openapi({ description: 'No attempt has succeeded since then' }),
    previous_secret_until: Time.nullable().openapi({
      description: 'Until then messages have a second signature, by the secret before',
    }),
    created_by: UserId.nullable(),
    created_at: Time,
  })
  .openapi('Webhook')
export const WebhookListJson = z.object({ webhooks: z.array(WebhookJson), ...paged }).openapi('WebhookList')
export const WebhookSecretJson = z
  .object({
    ...WebhookJson.shape,
    secret: z.string().openapi({
      description: 'Verifies messages. It is shown once',
      example: 'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=',
    }),
  })
  .openapi('WebhookWithSecret')
export const WebhookBody = z
  .strictObject({
    url: Url,
    description: z
      .string()
      .trim()
      .regex(oneLine(0, 100), 'must be up to 100 characters in one line')
      .default(''),
    events: z
      .array(EventType)
      .min(1)
      .max(SUBSCRIBABLE_EVENTS.length)
      .openapi({ description: 'Only these are sent' }),
    enabled: z.boolean().default(true),
  })
  .openapi('NewWebhook', {
    example: { url: 'https://crm.example.org/hooks/phone', events: ['call.ended', 'call.missed'] },
  })
export const RotateBody = z
  .strictObject({
    overlap_seconds: z.number().int().min(0).max(604_800).default(86_400).openapi({
      description: 'How long messages are also signed by the secret so far; a day by default',
    }),
  })
  .openapi('WebhookRotation', { example: { overlap_seconds: 86_400 } })
export const QueuedMessageJson = z.object({ message_id: MessageId }).openapi('WebhookTest')

export const DeliveriesQuery = ListQuery.extend({ status: z.enum(DELIVERY_STATUSES).optional() })
export const DeliveryJson = z
  .object({
    message_id: MessageId,
    type: z.enum([...SUBSCRIBABLE_EVENTS, 'webhook.test']),
    status: z.enum(DELIVERY_STATUSES).openapi({
      description: '`waiting` for its next attempt, `delivered`, or `failed`: no attempt is left',
    }),
    attempts: z.number().int().min(0),
    created_at: Time,
    next_attempt_at: Time.nullable(),
    last_attempt_at: Time.nullable(),
    response_status: z.number().int().nullable().openapi({ description: 'Of the last attempt' }),
    response: z.string().nullable().openapi({ description: 'The start of the answer, up to 1 kB' }),
    duration_ms: z.number().int().nullable(),
    error: z.string().nullable().openapi({ description: 'Why there was no answer' }),
  })
  .openapi('WebhookDelivery')
export const DeliveryListJson = z
  .object({ deliveries: z.array(DeliveryJson), ...paged })
  .openapi('WebhookDeliveryList')
export const ReplayBody = z
  .strictObject({
    since: z.iso
      .datetime({ offset: true })
      .openapi({ example: '2026-01-31T12:00:00Z', description: 'Messages that are at least as new' }),
  })
  .openapi('WebhookReplay', { example: { since: '2026-01-31T12:00:00Z' } })
export const ReplayedJson = z.object({ replayed: z.number().int().min(0) }).openapi('WebhookReplayed')

const timeOrNull = (seconds: number | null) => (seconds === null ? null : toIsoTime(seconds))

export const toWebhookJson = (one: WebhookEndpoint): z.infer<typeof WebhookJson> => ({
  id: one.id,
  url: one.url,
  description: one.description,
  events: [...one.events],
  enabled: one.enabled,
  disabled_reason: one.disabledReason,
  failing_since: timeOrNull(one.failingSince),
  previous_secret_until: timeOrNull(one.previousSecretUntil),
  created_by: one.createdBy,
  created_at: toIsoTime(one.createdAt),
})

export const toNewEndpoint = (body: z.infer<typeof WebhookBody>): NewEndpoint => ({
  ...body,
  events: [...new Set(body.events)],
})

export const toDeliveryJson = (one: Delivery): z.infer<typeof DeliveryJson> => ({
  message_id: one.messageId,
  type: one.type,
  status: one.status,
  attempts: one.tries,
  created_at: toIsoTime(one.createdAt),
  next_attempt_at: timeOrNull(one.nextTryAt),
  last_attempt_at: timeOrNull(one.triedAt),
  response_status: one.responseStatus,
  response: one.responseText,
  duration_ms: one.durationMs,
  error: one.error,
})
