import { z } from '@hono/zod-openapi'
import type { Call, CallOutcome } from '../../core/calls/call.ts'
import type { CallRecord } from '../../core/calls/call-history.ts'
import type { Directory } from '../../core/directory/directory.ts'
import type { UserStatus } from '../../core/presence/user-status-store.ts'
import { toIsoTime } from '../iso-time.ts'
import { Time } from '../openapi.ts'

/** Values as existing clients of the document read them, beside the project's own. */

export const CLIENT_STATUSES = ['online', 'offline', 'busy', 'away'] as const
export type ClientStatus = (typeof CLIENT_STATUSES)[number]
const CLIENT_STATUS: Readonly<Record<UserStatus, ClientStatus>> = {
  available: 'online',
  dnd: 'busy',
  away: 'away',
  offline: 'offline',
}
/**
 * @param isPresent whether a client of the user is connected. Clients read `online` as "may be called", and a user who
 *   never set a status is `available`: without a connected client that becomes `offline`
 */
export const toClientStatus = (own: UserStatus, isPresent: boolean): ClientStatus =>
  own === 'available' && !isPresent ? 'offline' : CLIENT_STATUS[own]

const LOGGED_STATUS: Readonly<Record<CallOutcome, 'answered' | 'busy' | 'no answer' | 'failed'>> = {
  answered: 'answered',
  busy: 'busy',
  own_busy: 'busy',
  declined: 'busy',
  own_declined: 'no answer',
  no_answer: 'no answer',
  own_no_answer: 'no answer',
  cancelled: 'no answer',
  unavailable: 'failed',
  own_unavailable: 'failed',
  congestion: 'failed',
  unknown_number: 'failed',
  failed: 'failed',
  unknown: 'failed',
}
const CONNECTED_STATUS = {
  dialling: 'ringing',
  ringing: 'ringing',
  up: 'connected',
  held: 'on_hold',
  parked: 'on_hold',
  ended: 'ended',
} as const satisfies Record<Call['state'], string>

const PartyJson = z.object({
  id: z.number().int().nullable().openapi({ description: 'The user; null for an outside number' }),
  username: z.string().openapi({ description: 'Of an outside number its name, or the number' }),
  extension: z.string(),
})
type PartyJson = z.infer<typeof PartyJson>
const callEndsShape = {
  id: z.string(),
  caller_id: PartyJson.shape.id,
  callee_id: PartyJson.shape.id,
  caller: PartyJson,
  callee: PartyJson,
  channel: z.string(),
}
export const LoggedCallJson = z
  .object({
    ...callEndsShape,
    status: z.enum(['answered', 'busy', 'no answer', 'failed']),
    direction: z.enum(['inbound', 'outbound']).openapi({ description: 'As the reader sees it' }),
    start_time: Time,
    end_time: Time,
    duration: z.number().int().min(0).openapi({ description: 'Seconds talked' }),
    created_at: Time,
  })
  .openapi('VoipLoggedCall')
export const ConnectedCallJson = z
  .object({
    ...callEndsShape,
    status: z.enum(['ringing', 'connected', 'on_hold', 'ended']),
    start_time: Time,
    created_at: Time,
  })
  .openapi('VoipConnectedCall')

export type DirectoryLookup = Pick<Directory, 'findByExtension' | 'findByUser'>

/** @param userId undefined for an outside number */
function toPartyJson(
  directory: DirectoryLookup,
  { number, name }: Call['from'],
  userId: string | undefined,
): PartyJson {
  if (userId === undefined) return { id: null, username: name || number, extension: number }
  return {
    id: Number(userId),
    username: directory.findByUser(userId)?.username ?? (name || number),
    extension: number,
  }
}

const toCallEndsJson = (id: string, caller: PartyJson, callee: PartyJson) => ({
  ...{ id, caller_id: caller.id, callee_id: callee.id, caller, callee, channel: id },
})

/** @param readerId id of the user who reads the log */
export function toLoggedCallJson(
  record: CallRecord,
  readerId: string,
  directory: DirectoryLookup,
): z.infer<typeof LoggedCallJson> {
  // From the parties of that call: the extension may belong to another user today.
  const ownerOf = (number: string) => record.parties.find(({ extension }) => extension === number)?.userId
  const { fromNumber, fromName, toNumber, toName } = record
  const caller = toPartyJson(directory, { number: fromNumber, name: fromName }, ownerOf(fromNumber))
  const callee = toPartyJson(directory, { number: toNumber, name: toName }, ownerOf(toNumber))
  const isOwn = caller.id === Number(readerId) || record.direction === 'outgoing'
  return {
    ...toCallEndsJson(record.id, caller, callee),
    status: LOGGED_STATUS[record.outcome],
    direction: isOwn ? 'outbound' : 'inbound',
    start_time: toIsoTime(record.startedAt),
    end_time: toIsoTime(record.endedAt),
    duration: record.billable,
    created_at: toIsoTime(record.startedAt),
  }
}

const currentPartyJson = (directory: DirectoryLookup, end: Call['from']) =>
  toPartyJson(directory, end, directory.findByExtension(end.number)?.userId)

export function toConnectedCallJson(
  call: Call,
  directory: DirectoryLookup,
): z.infer<typeof ConnectedCallJson> {
  const began = toIsoTime(call.startedAt / 1_000_000)
  return {
    ...toCallEndsJson(call.id, currentPartyJson(directory, call.from), currentPartyJson(directory, call.to)),
    status: CONNECTED_STATUS[call.state],
    start_time: began,
    created_at: began,
  }
}
