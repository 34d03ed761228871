import { z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import type { DeskCall } from '../../core/call-center/calls/agent-call.ts'
import { DESK_STATUSES } from '../../core/call-center/calls/agent-call-status.ts'
import type { ShownCall, TransferTarget } from '../../core/call-center/calls/agent-calls.ts'
import { LINE_STATES } from '../../core/call-center/calls/pbx-link-status.ts'
import { OUTCOMES } from '../../core/calls/call.ts'
import { CALL_ID } from '../../core/calls/call-id.ts'
import { Refusal } from '../../core/refusal.ts'
import { as, Time } from '../openapi.ts'
import { Id, idOf, idOrNull, iso, isoOrNull, ShownId } from './params.ts'
import { loud } from './wire.ts'

/** Anything: the dial policy judges it, and says what is wrong with it. */
const Number_ = z.string().min(1).max(64).openapi({ example: '1002' })
const NO_CALL = 'must be the callId or the callControlId of a call'
const ControlId = z.string().openapi({ example: 'hk_Cr7MW2QlixZw-sBJDEs4Aw' })

export const DialBody = z
  .object({ leadId: Id, agentId: Id.nullish() })
  .openapi('CrmDial', { example: { leadId: 1 } })
export const DirectBody = z
  .object({ phoneNumber: Number_, agentId: Id.nullish() })
  .openapi('CrmDirectDial', { example: { phoneNumber: '1002' } })
export const TransferBody = z
  .object({ targetAgentId: Id.nullish(), targetNumber: Number_.nullish() })
  .refine((body) => (body.targetAgentId == null) !== (body.targetNumber == null), {
    error: 'must have either targetAgentId or targetNumber',
  })
  .transform(
    ({ targetAgentId, targetNumber }): TransferTarget =>
      targetAgentId == null ? { number: targetNumber ?? '' } : { agentId: targetAgentId },
  )
  .openapi('CrmTransfer', { example: { targetNumber: '1003' } })
export const SipDialBody = z
  .object({ phone_number: Number_ })
  .openapi('CrmSipDial', { example: { phone_number: '1002' } })
export const SipHangupBody = z
  .object({
    call_id: z
      .union([z.string().regex(CALL_ID, NO_CALL), z.int().min(1)])
      .transform(String)
      .openapi({ type: 'string', example: 'hk_Cr7MW2QlixZw-sBJDEs4Aw' }),
  })
  .openapi('CrmSipHangup', { example: { call_id: 'hk_Cr7MW2QlixZw-sBJDEs4Aw' } })

export const CallParam = z.object({
  id: z
    .string()
    .regex(CALL_ID, NO_CALL)
    .openapi({ description: 'The number or the callControlId', example: '1' }),
})
export const DialHeaders = z.object({
  'idempotency-key': z.string().optional().openapi({
    description: 'The same key with the same request gives the same call, for a day',
    example: '8e03978e-40d5-43e8-bc93-6894a57f9324',
  }),
})
const Key = z.string().regex(/^[\x21-\x7e]{1,128}$/)

/** @throws {Refusal} `not_found` for what can be no call's */
export function callParam(c: Context): string {
  const id = c.req.param('id') ?? ''
  if (!CALL_ID.test(id)) throw new Refusal('not_found', { detail: 'Call not found' })
  return id
}

/** draft-ietf-httpapi-idempotency-key-header. @throws {Refusal} `input_invalid` */
export function keyOf(c: Context): string | undefined {
  const header = c.req.header('idempotency-key')
  if (header === undefined) return undefined
  const key = Key.safeParse(header)
  if (key.success) return key.data
  throw new Refusal('input_invalid', { detail: 'Idempotency-Key must be 1 to 128 printable characters' })
}

const STATUSES = DESK_STATUSES.map(loud)
const DISPOSITIONS = OUTCOMES.map(loud)

export const Initiated = z
  .object({ callId: ShownId, callControlId: ControlId, status: z.literal('INITIATED') })
  .openapi('CrmInitiated')
export const Call = z
  .object({
    id: ShownId,
    callControlId: ControlId,
    leadId: ShownId.nullable(),
    agentId: ShownId,
    campaignId: ShownId.nullable(),
    direction: z.enum(['INBOUND', 'OUTBOUND']),
    status: z.enum(STATUSES).openapi({
      description:
        'INITIATED: the agent’s own phone rings first. ANSWERED: one end is up, or the other one is parked. BRIDGED: they talk',
    }),
    fromNumber: z.string(),
    toNumber: z.string(),
    startedAt: Time,
    answeredAt: Time.nullable(),
    endedAt: Time.nullable(),
    durationSeconds: z.int().nullable().openapi({ description: 'From start to end; null while it lasts' }),
    talkSeconds: z.int().nullable().openapi({ description: 'From answer to end; null while it lasts' }),
    disposition: z.enum(DISPOSITIONS).nullable().openapi({ description: 'How it ended, in more words' }),
    recordingUrl: z
      .string()
      .nullable()
      .openapi({ description: 'Path and query, good for 10 minutes; null while there is no recording' }),
  })
  .openapi('CrmCall')
export const SipStatus = z
  .object({
    status: z.enum(LINE_STATES),
    registered: z.boolean().openapi({ description: 'Whether the PBX is online' }),
    trunk_host: z.string().nullable().openapi({ description: 'HOOKSWITCH_SIP_DOMAIN' }),
    caller_id: z.string().nullable().openapi({ description: 'What my calls show: my extension' }),
    active_calls: z.int().openapi({ description: 'Live calls I may see' }),
  })
  .openapi('CrmSipStatus')
export const SipDialled = z
  .object({ success: z.literal(true), call_id: ControlId, error: z.null() })
  .openapi('CrmSipDialled')
export const SipHungUp = z.object({ success: z.literal(true), error: z.null() }).openapi('CrmSipHungUp')

export const initiated = ({ id, callId }: DeskCall) =>
  as(Initiated, { callId: idOf(id), callControlId: callId, status: 'INITIATED' })

export const shown = ({ call, recordingUrl }: ShownCall) =>
  as(Call, {
    id: idOf(call.id),
    callControlId: call.callId,
    leadId: idOrNull(call.leadId),
    agentId: idOf(call.agentId),
    campaignId: idOrNull(call.campaignId),
    direction: loud(call.direction),
    status: loud(call.status),
    fromNumber: call.fromNumber,
    toNumber: call.toNumber,
    startedAt: iso(call.startedAt),
    answeredAt: isoOrNull(call.answeredAt),
    endedAt: isoOrNull(call.endedAt),
    durationSeconds: call.duration,
    talkSeconds: call.talked,
    disposition: call.outcome === null ? null : loud(call.outcome),
    recordingUrl,
  })
