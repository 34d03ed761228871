import { z } from '@hono/zod-openapi'
import { Role } from '../../../contract/claims.ts'
import { NewAccount } from '../../core/auth/accounts.ts'
import { NewPassword } from '../../core/auth/password.ts'
import type { SessionActivity } from '../../core/auth/session-store.ts'
import type { ExtraClaims } from '../../core/auth/sessions.ts'
import type { User } from '../../core/auth/users.ts'
import { CALL_OUTCOMES, type Call } from '../../core/calls/call.ts'
import type { CallRecord } from '../../core/calls/call-history.ts'
import { USER_STATUSES, type UserStatus } from '../../core/presence/user-status-store.ts'
import { Email } from '../../core/values/email.ts'
import { toIsoTime } from '../iso-time.ts'
import { Time } from '../openapi.ts'
import { CLIENT_STATUSES, toClientStatus } from './compat-wire.ts'

/** Prefixes of this surface's paths; the socket is `/ws`. */
export const PREFIXES = ['/protected', '/api/login', '/api/register', '/api/refresh', '/ws']

/** Either may be missing: the document has its own text for that. */
export const LoginBody = z.object({
  username: z.string().max(256).default(''),
  password: z.string().max(1024).default(''),
})
/** The document accepts passwords of 6 characters; here all surfaces require 8. */
export const RegisterBody = z.object({
  username: NewAccount.shape.username.min(3),
  email: Email,
  password: NewPassword,
  extension: z.string().regex(/^\d{4,6}$/, 'an extension has 4 to 6 digits'),
})

const STATUS_ALIASES = {
  available: 'available',
  online: 'available',
  away: 'away',
  dnd: 'dnd',
  busy: 'dnd',
  offline: 'offline',
} as const
/** `online` and `busy` are the document's names for `available` and `dnd`. */
export const Status = z
  .enum(['available', 'online', 'away', 'dnd', 'busy', 'offline'])
  .transform((word): UserStatus => STATUS_ALIASES[word])
export const StatusBody = z.object({ status: Status })

export const Extension = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be an extension such as 1002')
/** The document's channel is the id of a call here; names of PBX channels stay internal. */
export const Channel = z.string().regex(/^[\w.:-]{1,128}$/, 'must be a channel that we gave')
/** How to call: by the phones and the PBX. Clients of the document also send `webrtc`, from browser to browser. */
const Method = z
  .string()
  .transform((text) => text.trim().toLowerCase() || 'sip')
  .pipe(z.enum(['sip', 'ami', 'webrtc'], 'must be sip or ami'))
  .default('sip')
  .openapi({
    type: 'string',
    enum: ['sip', 'ami', 'webrtc'],
    description: '`webrtc` is 501; `sip` by default',
  })
export const InitiateQuery = z.object({ method: Method })
export const InitiateHeaders = z.object({ 'x-call-method': Method })
export const InitiateBody = z.object({ target_extension: Extension })
export const ChannelBody = z.object({ channel: Channel })
export const IdempotencyKey = z.string().regex(/^[\x21-\x7e]{1,128}$/)
export const LogsQuery = z.object({ limit: z.coerce.number().int().min(1).max(500).default(50) })
export const UsersQuery = z.object({
  limit: z.coerce.number().int().min(1).max(1000).default(1000),
  after: z
    .string()
    .regex(/^\d{1,15}$/, 'must be the `next_after` of the page before')
    .optional(),
})

/** The document's claims beyond the core ones; this project never reads them. */
export const extraClaims: ExtraClaims = (user: User) => ({
  user_id: Number(user.id),
  username: user.username,
})

export interface UserPresence {
  status: UserStatus
  isOnline: boolean
  /** Whether the user is the reader, who is present even without a socket. */
  isSelf: boolean
  sessionUse: SessionActivity | undefined
}
export const UserJson = z
  .object({
    id: z.number().int(),
    username: z.string(),
    email: z.string().nullable(),
    extension: z.string().nullable(),
    status: z.enum(CLIENT_STATUSES).openapi({
      description: 'As clients read it; `offline` also where no status was set and no client is connected',
    }),
    own_status: z
      .enum(USER_STATUSES)
      .openapi({ description: 'The status that the user set, in Hookswitch’s values' }),
    role: Role,
    is_online: z.boolean(),
    last_login: Time.nullable(),
    last_seen: Time.nullable(),
    created_at: Time,
  })
  .openapi('VoipUser')
export type UserJson = z.infer<typeof UserJson>
/** @param isPrivileged whether the reader may see the email address and the last login */
export const toUserJson = (
  one: User,
  { status, isOnline, isSelf, sessionUse }: UserPresence,
  isPrivileged: boolean,
): UserJson => ({
  id: Number(one.id),
  username: one.username,
  email: isPrivileged ? one.email : null,
  extension: one.extension,
  status: toClientStatus(status, isOnline || isSelf),
  own_status: status,
  role: one.role,
  is_online: isOnline,
  last_login: isPrivileged && sessionUse !== undefined ? toIsoTime(sessionUse.lastLogin) : null,
  last_seen: sessionUse === undefined ? null : toIsoTime(sessionUse.lastSeen),
  created_at: toIsoTime(one.createdAt),
})

/** The PBX's timestamps are in microseconds. */
const isoFromMicroseconds = (at: number | undefined) => (at === undefined ? null : toIsoTime(at / 1_000_000))
/** Seconds talked, up to now for a live call. */
export const talkSeconds = ({ answeredAt, endedAt }: Pick<Call, 'answeredAt' | 'endedAt'>, nowMs: number) =>
  answeredAt === undefined ? 0 : Math.max(0, Math.round(((endedAt ?? nowMs * 1000) - answeredAt) / 1_000_000))

const CallBase = z.object({
  channel: Channel,
  caller: z.string(),
  callee: z.string(),
  direction: z.enum(['internal', 'incoming', 'outgoing']),
  answered_at: Time.nullable(),
  duration: z.number().int().min(0).openapi({ description: 'Seconds talked, up to now where it lives' }),
})
export const ActiveCallJson = CallBase.extend({
  status: z.enum(['dialling', 'ringing', 'up', 'held', 'parked', 'ended']),
  started_at: Time.nullable(),
}).openapi('VoipActiveCall')
export const toActiveCallJson = (call: Call, nowMs: number): z.infer<typeof ActiveCallJson> => ({
  channel: call.id,
  caller: call.from.number,
  callee: call.to.number,
  status: call.state,
  direction: call.direction,
  started_at: isoFromMicroseconds(call.startedAt),
  answered_at: isoFromMicroseconds(call.answeredAt),
  duration: talkSeconds(call, nowMs),
})
export const PastCallJson = CallBase.extend({
  status: z.enum(CALL_OUTCOMES),
  started_at: Time,
  ended_at: Time,
}).openapi('VoipPastCall')
export const toPastCallJson = (record: CallRecord): z.infer<typeof PastCallJson> => ({
  channel: record.id,
  caller: record.fromNumber,
  callee: record.toNumber,
  status: record.outcome,
  direction: record.direction,
  started_at: toIsoTime(record.startedAt),
  answered_at: record.answeredAt === null ? null : toIsoTime(record.answeredAt),
  ended_at: toIsoTime(record.endedAt),
  duration: record.billable,
})
