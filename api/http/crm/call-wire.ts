import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { AgentCall } from '../../core/call-center/calls/agent-call.ts'
import { AGENT_CALL_STATUSES } from '../../core/call-center/calls/agent-call-status.ts'
import type { CallDetails, TransferTarget } from '../../core/call-center/calls/agent-calls.ts'
import { PBX_LINK_STATES } from '../../core/call-center/calls/pbx-link-status.ts'
import { CALL_OUTCOMES } from '../../core/calls/call.ts'
import { CALL_ID } from '../../core/calls/call-id.ts'
import { Refusal } from '../../core/refusal.ts'
import { Time, typedAs } from '../openapi.ts'
import { Id, IdJson, toIdJson, toIdJsonOrNull } from './ids.ts'
import { iso, isoOrNull } from './iso-time.ts'
import { toUpperEnum } from './wire.ts'

/** Any text: the dial policy validates it and words the error. */
const PhoneNumber = z.string().min(1).max(64).openapi({ example: '1002' })
const NOT_A_CALL_ID = 'must be the callId or the callControlId of a call'
const ControlId = z.string().openapi({ example: 'hk_Cr7MW2QlixZw-sBJDEs4Aw' })

export const DialBody = z
  .object({ leadId: Id, agentId: Id.nullish() })
  .openapi('CrmDial', { example: { leadId: 1 } })
export const DirectBody = z
  .object({ phoneNumber: PhoneNumber, agentId: Id.nullish() })
  .openapi('CrmDirectDial', { example: { phoneNumber: '1002' } })
export const TransferBody = z
  .object({ targetAgentId: Id.nullish(), targetNumber: PhoneNumber.nullish() })
  .refine((body) => (body.targetAgentId == null) !== (body.targetNumber == null), {
    error: 'must have either targetAgentId or targetNumber',
  })
  .transform(
    ({ targetAgentId, targetNumber }): TransferTarget =>
      targetAgentId == null ? { number: targetNumber ?? '' } : { agentId: targetAgentId },
  )
  .openapi('CrmTransfer', { example: { targetNumber: '1003' } })
export const SipDialBody = z
  .object({ phone_number: PhoneNumber })
  .openapi('CrmSipDial', { example: { phone_number: '1002' } })
export const SipHangupBody = z
  .object({
    call_id: z
      .union([z.string().regex(CALL_ID, NOT_A_CALL_ID), z.int().min(1)])
      .transform(String)
      .openapi({ type: 'string', example: 'hk_Cr7MW2QlixZw-sBJDEs4Aw' }),
  })
  .openapi('CrmSipHangup', { example: { call_id: 'hk_Cr7MW2QlixZw-sBJDEs4Aw' } })

export const CallParams = z.object({
  id: z
    .string()
    .regex(CALL_ID, NOT_A_CALL_ID)
    .openapi({ description: 'The id or the callControlId', example: '1' }),
})
export const DialHeaders = z.object({
  'idempotency-key': z.string().optional().openapi({
    description: 'The same key with the same request gives the same call, for a day',
    example: '8e03978e-40d5-43e8-bc93-6894a57f9324',
  }),
})
const IdempotencyKey = z.string().regex(/^[\x21-\x7e]{1,128}$/)

/** @throws {Refusal} `not_found` if the path parameter is not a call id */
export function callIdParam(c: Context): string {
  const id = c.req.param('id') ?? ''
  if (!CALL_ID.test(id)) throw new Refusal('not_found', { detail: 'Call not found' })
  return id
}

/**
 * Reads `Idempotency-Key`.
 * @throws {Refusal} `input_invalid` unless it is 1 to 128 printable ASCII characters
 * @see draft-ietf-httpapi-idempotency-key-header
 */
export function idempotencyKeyParam(c: Context): string | undefined {
  const header = c.req.header('idempotency-key')
  if (header === undefined) return undefined
  const key = IdempotencyKey.safeParse(header)
  if (key.success) return key.data
  throw new Refusal('input_invalid', { detail: 'Idempotency-Key must be 1 to 128 printable characters' })
}

const CALL_STATUSES = AGENT_CALL_STATUSES.map(toUpperEnum)
const DISPOSITIONS = CALL_OUTCOMES.map(toUpperEnum)

export const InitiatedJson = z
  .object({ callId: IdJson, callControlId: ControlId, status: z.literal('INITIATED') })
  .openapi('CrmInitiated')
export const CallJson = z
  .object({
    id: IdJson,
    callControlId: ControlId,
    leadId: IdJson.nullable(),
    agentId: IdJson,
    campaignId: IdJson.nullable(),
    direction: z.enum(['INBOUND', 'OUTBOUND']),
    status: z.enum(CALL_STATUSES).openapi({
      description:
        'INITIATED: the agent’s own phone rings. ANSWERED: one end is up, or the other end is parked. BRIDGED: both ends are connected',
    }),
    fromNumber: z.string(),
    toNumber: z.string(),
    startedAt: Time,
    answeredAt: Time.nullable(),
    endedAt: Time.nullable(),
    durationSeconds: z
      .int()
      .nullable()
      .openapi({ description: 'From start to end; null while the call lasts' }),
    talkSeconds: z.int().nullable().openapi({ description: 'From answer to end; null while the call lasts' }),
    disposition: z.enum(DISPOSITIONS).nullable().openapi({ description: 'How the call ended, in detail' }),
    recordingUrl: z
      .string()
      .nullable()
      .openapi({ description: 'Path and query, valid for 10 minutes; null if there is no recording' }),
  })
  .openapi('CrmCall')
export const SipStatusJson = z
  .object({
    status: z.enum(PBX_LINK_STATES),
    registered: z.boolean().openapi({ description: 'Whether the PBX is online' }),
    trunk_host: z.string().nullable().openapi({ description: 'HOOKSWITCH_SIP_DOMAIN' }),
    caller_id: z.string().nullable().openapi({ description: 'The caller id of my calls: my extension' }),
    active_calls: z.int().openapi({ description: 'Live calls I may see' }),
  })
  .openapi('CrmSipStatus')
export const SipDialJson = z
  .object({ success: z.literal(true), call_id: ControlId, error: z.null() })
  .openapi('CrmSipDialled')
export const SipHangupJson = z.object({ success: z.literal(true), error: z.null() }).openapi('CrmSipHungUp')

export const toInitiatedJson = ({ id, callId }: AgentCall) =>
  typedAs(InitiatedJson, { callId: toIdJson(id), callControlId: callId, status: 'INITIATED' })

export const toCallJson = ({ call, recordingUrl }: CallDetails) =>
  typedAs(CallJson, {
    id: toIdJson(call.id),
    callControlId: call.callId,
    leadId: toIdJsonOrNull(call.leadId),
    agentId: toIdJson(call.agentId),
    campaignId: toIdJsonOrNull(call.campaignId),
    direction: toUpperEnum(call.direction),
    status: toUpperEnum(call.status),
    fromNumber: call.fromNumber,
    toNumber: call.toNumber,
    startedAt: iso(call.startedAt),
    answeredAt: isoOrNull(call.answeredAt),
    endedAt: isoOrNull(call.endedAt),
    durationSeconds: call.duration,
    talkSeconds: call.talked,
    disposition: call.outcome === null ? null : toUpperEnum(call.outcome),
    recordingUrl,
  })
