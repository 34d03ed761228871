import { type OpenAPIHono, z } from '@hono/zod-openapi'
import { Role } from '../../../contract/claims.ts'
import { AGENT_STATUSES } from '../../core/call-center/agents/agent.ts'
import { CALL_DIRECTIONS, CALL_OUTCOMES } from '../../core/calls/call.ts'
import type { WebhookEventType } from '../../core/webhooks/event.ts'
import type { Guarded } from '../guard.ts'
import { Time } from '../openapi.ts'
import { CallId, IdParam, UserId } from './wire.ts'

const PartyJson = z.strictObject({ number: z.string(), name: z.string() })
const parties = z
  .array(z.strictObject({ user_id: UserId, extension: z.string(), answered: z.boolean() }))
  .openapi({ description: 'The users with a phone in it, as far as they are known' })
const call = {
  call_id: CallId,
  direction: z.enum(CALL_DIRECTIONS),
  from: PartyJson,
  to: PartyJson,
  started_at: Time,
  answered_at: Time.nullable(),
  ended_at: Time.nullable(),
  duration: z.number().int().nullable().openapi({ description: 'Seconds from start to end' }),
  billable: z.number().int().nullable().openapi({ description: 'Seconds from answer to end' }),
  outcome: z.enum(CALL_OUTCOMES).nullable(),
  cause: z.number().int().nullable().openapi({ description: 'Q.850' }),
  parties,
}
const Call = z.strictObject(call)
const Missed = z.strictObject({ ...call, missed_by: z.array(UserId) })
const Recording = z.strictObject({
  call_id: CallId,
  recording: z.number().int().min(1).openapi({ description: '1 for the first of the call' }),
  name: z.string().openapi({ example: '1769860800.42.wav' }),
  ended_at: Time,
  parties,
})
const Agent = z.strictObject({
  agent_id: IdParam,
  user_id: UserId.nullable(),
  name: z.string(),
  team: z.string().nullable(),
  status: z.enum(AGENT_STATUSES),
  break_reason: z.string().nullable(),
})
const Campaign = z.strictObject({
  campaign_id: IdParam,
  name: z.string(),
  team: z.string().nullable(),
  status: z.enum(['active', 'paused', 'completed']),
})
const session = { session_id: z.string(), user_id: UserId }
const Started = z.strictObject({ ...session, surface: z.string(), expires_at: Time })
const Ended = z.strictObject({ ...session, reason: z.string().openapi({ example: 'logout' }) })
const User = z.strictObject({
  user_id: UserId,
  username: z.string(),
  display_name: z.string(),
  email: z.string().nullable(),
  role: Role,
  extension: z.string().nullable(),
  disabled: z.boolean(),
  created_at: Time,
})
const Test = z.strictObject({ endpoint_id: IdParam, description: z.string() })

/** What `data` is for each type of event, and when it is sent. */
export const EVENT_DATA: Record<WebhookEventType, { data: z.ZodObject; summary: string }> = {
  'call.started': { data: Call, summary: 'A call began' },
  'call.answered': { data: Call, summary: 'A call was answered' },
  'call.ended': { data: Call, summary: 'A call ended, and the history has it' },
  'call.missed': { data: Missed, summary: 'A call ended that users missed' },
  'recording.ready': { data: Recording, summary: 'A call that was recorded ended: one event a recording' },
  'agent.status': { data: Agent, summary: 'The status of an agent changed' },
  'campaign.started': { data: Campaign, summary: 'A campaign was started' },
  'campaign.paused': { data: Campaign, summary: 'A campaign was paused, by a user or after failures' },
  'campaign.finished': { data: Campaign, summary: 'A campaign was stopped, or has no lead left' },
  'session.started': { data: Started, summary: 'A user logged in' },
  'session.ended': { data: Ended, summary: 'A session was ended before its time' },
  'user.created': { data: User, summary: 'An account was made' },
  'user.updated': { data: User, summary: 'An account changed, or was enabled' },
  'user.disabled': { data: User, summary: 'An account was disabled' },
  'user.deleted': { data: User, summary: 'An account was deleted' },
  'webhook.test': { data: Test, summary: 'An administrator asked for a test' },
}

const headers = z.object({
  'webhook-id': z.string().openapi({ description: 'The same for each attempt: skip what you have' }),
  'webhook-timestamp': z.string().openapi({ description: 'Of the attempt, unix seconds' }),
  'webhook-signature': z.string().openapi({
    description:
      '`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`; two of them during a rotation',
  }),
})

/** Describes the messages that receivers get. */
export function documentWebhookEvents(app: OpenAPIHono<Guarded>, tags: string[]): void {
  for (const [type, { data, summary }] of Object.entries(EVENT_DATA)) {
    const schema = z.object({ type: z.literal(type), timestamp: Time, data })
    app.openAPIRegistry.registerWebhook({
      method: 'post',
      path: type,
      operationId: `event ${type}`,
      summary,
      tags,
      request: { headers, body: { required: true, content: { 'application/json': { schema } } } },
      responses: { '2XX': { description: 'Received: it is not sent again' } },
    })
  }
}
