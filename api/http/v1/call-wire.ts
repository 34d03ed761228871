import { z } from '@hono/zod-openapi'
import { CALL_DIRECTIONS, CALL_OUTCOMES } from '../../core/calls/call.ts'
import {
  type CallCapabilities,
  type CallView,
  DIAL_DEVICES,
  DTMF_DIGITS,
} from '../../core/calls/call-control.ts'
import { type CallPayload, toCallPayload } from '../../core/calls/call-payload.ts'
import type { SupervisionView } from '../../core/calls/supervision/supervision.ts'
import { USER_STATUSES } from '../../core/presence/user-status-store.ts'
import { toIsoTime } from '../iso-time.ts'
import { Time } from '../openapi.ts'
import { SupervisorJson } from './supervision-wire.ts'
import { CallId } from './wire.ts'

/** Any text: the dial policy validates it. */
const PhoneNumber = z.string().min(1).max(64).openapi({ example: '1002' })

export const CallParams = z.object({ callId: CallId })
export const DialBody = z
  .strictObject({
    number: PhoneNumber,
    user_id: z
      .string()
      .regex(/^\d{1,15}$/, 'must be the id of a user, such as "5"')
      .optional()
      .openapi({
        description: 'The user to ring first; supervisors and admins may name a user they oversee',
      }),
    caller_number: z
      .string()
      .min(1)
      .max(64)
      .optional()
      .openapi({ description: 'One of the user’s own numbers, to be shown' }),
    device: z.enum(DIAL_DEVICES).default('any').openapi({
      description:
        'Which of my phones rings first: `any` the desk phone and the browsers, `browser` the browsers alone; their INVITE carries the call’s id as `X-Hookswitch-Call`',
    }),
  })
  .openapi('Dial', { example: { number: '1002' } })
export const DialHeaders = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 printable characters without blanks')
    .optional()
    .openapi({
      // No example: the documentation page would send it with every try, and a key is for one request.
      description: 'The same key with the same request gives the same call, for a day; a UUID, for instance',
    }),
})
export const DialJson = z.object({ id: CallId, href: z.string() }).openapi('Dialled')
export const TransferBody = z
  .strictObject({ number: PhoneNumber })
  .openapi('TransferTarget', { example: { number: '1002' } })
export const DtmfBody = z
  .strictObject({ digits: z.string().regex(DTMF_DIGITS, 'must be 1 to 32 of 0-9, *, # and A to D') })
  .openapi('Digits', { example: { digits: '1234#' } })
export const ParkJson = z.object({ space: z.string() }).openapi('Parked')
export const StatusBody = z
  .strictObject({ status: z.enum(USER_STATUSES) })
  .openapi('OwnStatus', { example: { status: 'away' } })

const PartyJson = z.object({ number: z.string(), name: z.string() })
const LegJson = z.object({
  extension: z.string().nullable(),
  number: z.string(),
  name: z.string(),
  state: z.enum(['dialling', 'ringing', 'up', 'ended']),
  role: z.enum(['caller', 'callee']),
  holds: z.boolean().openapi({ description: 'Whether this end has put the others on hold' }),
  parked_at: z.string().nullable(),
})
export const CallJson = z
  .object({
    id: CallId,
    state: z.enum(['asked', 'dialling', 'ringing', 'up', 'held', 'parked', 'ended']).openapi({
      description: '`asked`: the PBX has sent no event of it yet; `dialling`: the own phone rings first',
    }),
    direction: z.enum(CALL_DIRECTIONS).nullable(),
    from: PartyJson,
    to: PartyJson,
    started_at: Time,
    answered_at: Time.nullable(),
    ended_at: Time.nullable(),
    outcome: z.enum(CALL_OUTCOMES).nullable(),
    cause: z.number().int().nullable().openapi({ description: 'Q.850' }),
    recording: z.enum(['off', 'on', 'paused']),
    legs: z.array(LegJson),
    supervised_by: z
      .array(SupervisorJson)
      .optional()
      .openapi({ description: 'Supervisors who listen, where there are any that I may know of' }),
  })
  .openapi('Call')
export const CallListJson = z
  .object({
    calls: z.array(CallJson),
    online: z.boolean().openapi({ description: 'Whether the PBX is connected, so that this is current' }),
  })
  .openapi('CallList')
export const CapabilitiesJson = z
  .object({
    online: z.boolean(),
    softphone_listens: z
      .boolean()
      .openapi({ description: 'Whether one of mine is subscribed to the private channel' }),
    commands: z.record(z.string(), z.enum(['pbx', 'softphone', 'none'])),
  })
  .openapi('Capabilities')

type CallJsonValue = z.infer<typeof CallJson>

const copyLegs = ({ supervised_by, ...payload }: CallPayload): CallJsonValue => ({
  ...payload,
  legs: payload.legs.map((leg) => ({ ...leg })),
  ...(supervised_by && { supervised_by: [...supervised_by] }),
})

/** @param extensionOf the extension of an endpoint, if a user has it */
export function toCallJson(
  view: CallView,
  extensionOf: (endpoint: string) => string | undefined,
  supervisors: readonly SupervisionView[] = [],
): CallJsonValue {
  if (view.kind === 'live') return copyLegs(toCallPayload(view.call, extensionOf, supervisors))
  return {
    id: view.id,
    state: view.outcome === undefined ? 'asked' : 'ended',
    direction: null,
    from: { number: '', name: '' },
    to: { number: view.number, name: '' },
    started_at: toIsoTime(view.createdAt),
    answered_at: null,
    ended_at: null,
    outcome: view.outcome ?? null,
    cause: null,
    recording: 'off',
    legs: [],
  }
}

export const toCapabilitiesJson = ({ online, softphoneConnected, commands }: CallCapabilities) => ({
  online,
  softphone_listens: softphoneConnected,
  commands: { ...commands },
})
