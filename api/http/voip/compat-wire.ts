import { z } from '@hono/zod-openapi'
import type { Call, Outcome } from '../../core/calls/call.ts'
import type { CallRecord } from '../../core/calls/call-history.ts'
import type { Directory } from '../../core/directory/directory.ts'
import type { OwnStatus } from '../../core/presence/user-status-store.ts'
import { Time } from '../openapi.ts'

/** What existing clients of the document read, in their own words; ours stand beside. */

export const CLIENT_STATUSES = ['online', 'offline', 'busy', 'away'] as const
export type ClientStatus = (typeof CLIENT_STATUSES)[number]
const STATUS: Readonly<Record<OwnStatus, ClientStatus>> = {
  available: 'online',
  dnd: 'busy',
  away: 'away',
  offline: 'offline',
}
/**
 * @param isHere a client reads `online` as a user who may be called, and a user who never said anything is
 *   `available`: without a client of theirs they are `offline`
 */
export const clientStatus = (own: OwnStatus, isHere: boolean): ClientStatus =>
  own === 'available' && !isHere ? 'offline' : STATUS[own]

const ENDED: Readonly<Record<Outcome, 'answered' | 'busy' | 'no answer' | 'failed'>> = {
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
const LIVE = {
  dialling: 'ringing',
  ringing: 'ringing',
  up: 'connected',
  held: 'on_hold',
  parked: 'on_hold',
  ended: 'ended',
} as const satisfies Record<Call['state'], string>

const Party = z.object({
  id: z.number().int().nullable().openapi({ description: 'The user; null for an outside number' }),
  username: z.string().openapi({ description: 'Of an outside number its name, or the number' }),
  extension: z.string(),
})
type Party = z.infer<typeof Party>
const ends = {
  id: z.string(),
  caller_id: Party.shape.id,
  callee_id: Party.shape.id,
  caller: Party,
  callee: Party,
  channel: z.string(),
}
export const LoggedCall = z
  .object({
    ...ends,
    status: z.enum(['answered', 'busy', 'no answer', 'failed']),
    direction: z.enum(['inbound', 'outbound']).openapi({ description: 'As the reader sees it' }),
    start_time: Time,
    end_time: Time,
    duration: z.number().int().min(0).openapi({ description: 'Seconds talked' }),
    created_at: Time,
  })
  .openapi('VoipLoggedCall')
export const ConnectedCall = z
  .object({
    ...ends,
    status: z.enum(['ringing', 'connected', 'on_hold', 'ended']),
    start_time: Time,
    created_at: Time,
  })
  .openapi('VoipConnectedCall')

export type People = Pick<Directory, 'ofExtension' | 'ofUser'>

/** @param userId undefined for an outside number */
function partyOf(people: People, { number, name }: Call['from'], userId: string | undefined): Party {
  if (userId === undefined) return { id: null, username: name || number, extension: number }
  return { id: Number(userId), username: people.ofUser(userId)?.name ?? (name || number), extension: number }
}

const endsOf = (id: string, caller: Party, callee: Party) => ({
  ...{ id, caller_id: caller.id, callee_id: callee.id, caller, callee, channel: id },
})

const iso = (seconds: number) => new Date(seconds * 1000).toISOString()

/** @param readerId whose log it is */
export function loggedCall(record: CallRecord, readerId: string, people: People): z.infer<typeof LoggedCall> {
  // By the parties of that call: the extension may be another user's today.
  const ownerOf = (number: string) => record.parties.find(({ extension }) => extension === number)?.userId
  const { fromNumber, fromName, toNumber, toName } = record
  const caller = partyOf(people, { number: fromNumber, name: fromName }, ownerOf(fromNumber))
  const callee = partyOf(people, { number: toNumber, name: toName }, ownerOf(toNumber))
  const isOwn = caller.id === Number(readerId) || record.direction === 'outgoing'
  return {
    ...endsOf(record.id, caller, callee),
    status: ENDED[record.outcome],
    direction: isOwn ? 'outbound' : 'inbound',
    start_time: iso(record.startedAt),
    end_time: iso(record.endedAt),
    duration: record.billable,
    created_at: iso(record.startedAt),
  }
}

const partyNow = (people: People, end: Call['from']) =>
  partyOf(people, end, people.ofExtension(end.number)?.userId)

export function connectedCall(call: Call, people: People): z.infer<typeof ConnectedCall> {
  const began = iso(call.startedAt / 1_000_000)
  return {
    ...endsOf(call.id, partyNow(people, call.from), partyNow(people, call.to)),
    status: LIVE[call.state],
    start_time: began,
    created_at: began,
  }
}
