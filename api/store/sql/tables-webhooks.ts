import type { Generated } from 'kysely'
import type { DeliveryStatus } from '../../core/webhooks/deliveries.ts'
import type { DisabledReason } from '../../core/webhooks/endpoint.ts'
import type { WebhookEventType } from '../../core/webhooks/event.ts'

export interface OutgoingWebhookTables {
  webhook_endpoints: WebhookEndpointsTable
  webhook_messages: WebhookMessagesTable
  webhook_deliveries: WebhookDeliveriesTable
}

export interface WebhookEndpointsTable {
  id: Generated<number>
  url: string
  description: string
  /** Types, as a JSON list. */
  events_json: string
  enabled: number
  disabled_reason: DisabledReason | null
  secret_sealed: string
  previous_sealed: string | null
  previous_until: number | null
  failing_since: number | null
  version: number
  created_by: number | null
  created_at: number
}

export interface WebhookMessagesTable {
  /** `msg_` and a hash of the fact. */
  id: string
  type: WebhookEventType
  body: string
  created_at: number
}

export interface WebhookDeliveriesTable {
  id: Generated<number>
  endpoint_id: number
  message_id: string
  status: DeliveryStatus
  /** Attempts that ended. */
  tries: number
  next_try_at: number
  created_at: number
  tried_at: number | null
  response_status: number | null
  response_text: string | null
  duration_ms: number | null
  error: string | null
}
