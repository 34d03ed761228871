import { z } from '@hono/zod-openapi'
import { DIRECTIONS, OUTCOMES } from '../../core/calls/call.ts'
import { type CallView, type Capabilities, DIGITS } from '../../core/calls/call-control.ts'
import { type ToldCall, toldCall } from '../../core/calls/call-payload.ts'
import { OWN_STATUSES } from '../../core/presence/user-status-store.ts'
import { Time } from '../openapi.ts'
import { CallId } from './wire.ts'

/** Anything: the dial policy judges it, and says what is wrong with it. */
const Number_ = z.string().min(1).max(64).openapi({ example: '1002' })

export const OfCall = z.object({ callId: CallId })
export const Dial = z
  .strictObject({
    number: Number_,
    user_id: z
      .string()
      .regex(/^\d{1,15}$/, 'must be the id of a user, such as "5"')
      .optional()
      .openapi({ description: 'Whose phone rings; supervisors and admins may name somebody they oversee' }),
    caller_number: z
      .string()
      .min(1)
      .max(64)
      .optional()
      .openapi({ description: 'One of the user’s own numbers, to be shown' }),
  })
  .openapi('Dial', { example: { number: '1002' } })
export const DialHeaders = z.object({
  'idempotency-key': z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/, 'must be 1 to 255 printable characters without blanks')
    .optional()
    .openapi({
      // No example: pages send it with every try, and it is of one request.
      description: 'The same key with the same request gives the same call, for a day; a UUID, for instance',
    }),
})
export const Dialled = z.object({ id: CallId, href: z.string() }).openapi('Dialled')
export const Target = z
  .strictObject({ number: Number_ })
  .openapi('TransferTarget', { example: { number: '1002' } })
export const Digits = z
  .strictObject({ digits: z.string().regex(DIGITS, 'must be 1 to 32 of 0-9, *, # and A to D') })
  .openapi('Digits', { example: { digits: '1234#' } })
export const Parked = z.object({ space: z.string() }).openapi('Parked')
export const Status = z
  .strictObject({ status: z.enum(OWN_STATUSES) })
  .openapi('OwnStatus', { example: { status: 'away' } })

const Party = z.object({ number: z.string(), name: z.string() })
const Leg = z.object({
  extension: z.string().nullable(),
  number: z.string(),
  name: z.string(),
  state: z.enum(['dialling', 'ringing', 'up', 'ended']),
  role: z.enum(['caller', 'callee']),
  holds: z.boolean().openapi({ description: 'Whether this end has put the others on hold' }),
  parked_at: z.string().nullable(),
})
export const CallShape = z
  .object({
    id: CallId,
    state: z.enum(['asked', 'dialling', 'ringing', 'up', 'held', 'parked', 'ended']).openapi({
      description: '`asked`: the PBX has not told of it yet; `dialling`: the own phone rings first',
    }),
    direction: z.enum(DIRECTIONS).nullable(),
    from: Party,
    to: Party,
    started_at: Time,
    answered_at: Time.nullable(),
    ended_at: Time.nullable(),
    outcome: z.enum(OUTCOMES).nullable(),
    cause: z.number().int().nullable().openapi({ description: 'Q.850' }),
    recording: z.enum(['off', 'on', 'paused']),
    legs: z.array(Leg),
  })
  .openapi('Call')
export const CallList = z
  .object({
    calls: z.array(CallShape),
    online: z.boolean().openapi({ description: 'Whether this is what the PBX says now' }),
  })
  .openapi('CallList')
export const CapabilitiesShape = z
  .object({
    online: z.boolean(),
    softphone_listens: z
      .boolean()
      .openapi({ description: 'Whether one of mine follows the private channel' }),
    commands: z.record(z.string(), z.enum(['pbx', 'softphone', 'none'])),
  })
  .openapi('Capabilities')

type Shape = z.infer<typeof CallShape>

const shape = (told: ToldCall): Shape => ({ ...told, legs: told.legs.map((leg) => ({ ...leg })) })

/** @param extensionOf whose phone an endpoint is */
export function call(view: CallView, extensionOf: (endpoint: string) => string | undefined): Shape {
  if (view.known === 'live') return shape(toldCall(view.call, extensionOf))
  return {
    id: view.id,
    state: view.outcome === undefined ? 'asked' : 'ended',
    direction: null,
    from: { number: '', name: '' },
    to: { number: view.number, name: '' },
    started_at: new Date(view.createdAt * 1000).toISOString(),
    answered_at: null,
    ended_at: null,
    outcome: view.outcome ?? null,
    cause: null,
    recording: 'off',
    legs: [],
  }
}

export const capabilities = ({ online, softphoneListens, commands }: Capabilities) => ({
  online,
  softphone_listens: softphoneListens,
  commands: { ...commands },
})
