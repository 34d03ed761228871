import { z } from '@hono/zod-openapi'
import { Role } from '../../../contract/claims.ts'
import { NewAccount } from '../../core/auth/accounts.ts'
import { NewPassword } from '../../core/auth/password.ts'
import type { SessionUse } from '../../core/auth/session-store.ts'
import type { Clothing } from '../../core/auth/sessions.ts'
import type { User } from '../../core/auth/users.ts'
import { type Call, OUTCOMES } from '../../core/calls/call.ts'
import type { CallRecord } from '../../core/calls/call-history.ts'
import { OWN_STATUSES, type OwnStatus } from '../../core/presence/user-status-store.ts'
import { Email } from '../../core/values/email.ts'
import { Time } from '../openapi.ts'
import { CLIENT_STATUSES, clientStatus } from './compat-wire.ts'

/** Where this surface's paths begin; the socket is `/ws`. */
export const PREFIXES = ['/protected', '/api/login', '/api/register', '/api/refresh', '/ws']

/** Either may be left out: that is answered like a wrong one, in words of its own. */
export const LoginBody = z.object({
  username: z.string().max(256).default(''),
  password: z.string().max(1024).default(''),
})
/** The document takes passwords of 6 characters; 8 is the least that is good anywhere here. */
export const RegisterBody = z.object({
  username: NewAccount.shape.username.min(3),
  email: Email,
  password: NewPassword,
  extension: z.string().regex(/^\d{4,6}$/, 'an extension has 4 to 6 digits'),
})

const STATUSES = {
  available: 'available',
  online: 'available',
  away: 'away',
  dnd: 'dnd',
  busy: 'dnd',
  offline: 'offline',
} as const
/** `online` and `busy` are the document's words for `available` and `dnd`. */
export const Status = z
  .enum(['available', 'online', 'away', 'dnd', 'busy', 'offline'])
  .transform((word): OwnStatus => STATUSES[word])
export const StatusBody = z.object({ status: Status })

export const Extension = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be an extension such as 1002')
/** What the document calls a channel is the id of a call here: a PBX's own channels are none of a client's business. */
export const Channel = z.string().regex(/^[\w.:-]{1,128}$/, 'must be a channel that we gave')
/** How to call: by the phones and the PBX. Clients of the document also know `webrtc`, from browser to browser. */
const Method = z
  .string()
  .transform((text) => text.trim().toLowerCase() || 'sip')
  .pipe(z.enum(['sip', 'ami', 'webrtc'], 'must be sip or ami'))
  .default('sip')
  .openapi({
    type: 'string',
    enum: ['sip', 'ami', 'webrtc'],
    description: '`webrtc` is 501; `sip` unless said',
  })
export const InitiateQuery = z.object({ method: Method })
export const InitiateHeaders = z.object({ 'x-call-method': Method })
export const InitiateBody = z.object({ target_extension: Extension })
export const ChannelBody = z.object({ channel: Channel })
export const Key = z.string().regex(/^[\x21-\x7e]{1,128}$/)
export const LogsQuery = z.object({ limit: z.coerce.number().int().min(1).max(500).default(50) })
export const UsersQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(1000),
  after: z
    .string()
    .regex(/^\d{1,15}$/, 'must be the `next_after` of the page before')
    .optional(),
})

/** Claims the document shows beyond the core ones; nobody here reads them. */
export const clothing: Clothing = (user: User) => ({ user_id: Number(user.id), username: user.username })

const iso = (seconds: number) => new Date(seconds * 1000).toISOString()

export interface Seen {
  status: OwnStatus
  isOnline: boolean
  /** Whether it is the user who asks: they are here, even without a socket. */
  isReader: boolean
  use: SessionUse | undefined
}
export const ShownUser = z
  .object({
    id: z.number().int(),
    username: z.string(),
    email: z.string().nullable(),
    extension: z.string().nullable(),
    status: z.enum(CLIENT_STATUSES).openapi({
      description: 'As clients read it; `offline` also where nothing was said and no client is there',
    }),
    own_status: z.enum(OWN_STATUSES).openapi({ description: 'What the user said, in our words' }),
    role: Role,
    is_online: z.boolean(),
    last_login: Time.nullable(),
    last_seen: Time.nullable(),
    created_at: Time,
  })
  .openapi('VoipUser')
export type ShownUser = z.infer<typeof ShownUser>
/** @param whole whether their address and their logins are the reader's business */
export const user = (one: User, { status, isOnline, isReader, use }: Seen, whole: boolean): ShownUser => ({
  id: Number(one.id),
  username: one.username,
  email: whole ? one.email : null,
  extension: one.extension,
  status: clientStatus(status, isOnline || isReader),
  own_status: status,
  role: one.role,
  is_online: isOnline,
  last_login: whole && use !== undefined ? iso(use.lastLogin) : null,
  last_seen: use === undefined ? null : iso(use.lastSeen),
  created_at: iso(one.createdAt),
})

/** The PBX's clock tells microseconds. */
const ofPbx = (at: number | undefined) => (at === undefined ? null : iso(at / 1_000_000))
/** Seconds somebody talked, up to now where they still do. */
export const talked = ({ answeredAt, endedAt }: Pick<Call, 'answeredAt' | 'endedAt'>, nowMs: number) =>
  answeredAt === undefined ? 0 : Math.max(0, Math.round(((endedAt ?? nowMs * 1000) - answeredAt) / 1_000_000))

const SomeCall = z.object({
  channel: Channel,
  caller: z.string(),
  callee: z.string(),
  direction: z.enum(['internal', 'incoming', 'outgoing']),
  answered_at: Time.nullable(),
  duration: z.number().int().min(0).openapi({ description: 'Seconds talked, up to now where it lives' }),
})
export const ActiveCall = SomeCall.extend({
  status: z.enum(['dialling', 'ringing', 'up', 'held', 'parked', 'ended']),
  started_at: Time.nullable(),
}).openapi('VoipActiveCall')
export const activeCall = (call: Call, nowMs: number): z.infer<typeof ActiveCall> => ({
  channel: call.id,
  caller: call.from.number,
  callee: call.to.number,
  status: call.state,
  direction: call.direction,
  started_at: ofPbx(call.startedAt),
  answered_at: ofPbx(call.answeredAt),
  duration: talked(call, nowMs),
})
export const PastCall = SomeCall.extend({
  status: z.enum(OUTCOMES),
  started_at: Time,
  ended_at: Time,
}).openapi('VoipPastCall')
export const pastCall = (record: CallRecord): z.infer<typeof PastCall> => ({
  channel: record.id,
  caller: record.fromNumber,
  callee: record.toNumber,
  status: record.outcome,
  direction: record.direction,
  started_at: iso(record.startedAt),
  answered_at: record.answeredAt === null ? null : iso(record.answeredAt),
  ended_at: iso(record.endedAt),
  duration: record.billable,
})
