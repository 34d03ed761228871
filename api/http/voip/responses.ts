import { z } from '@hono/zod-openapi'
import { OWN_STATUSES } from '../../core/presence/user-status-store.ts'
import { CLIENT_STATUSES, ConnectedCall, LoggedCall } from './compat-wire.ts'
import * as wire from './wire.ts'

const Done = z.object({ success: z.literal(true) })
const Said = Done.extend({ message: z.string() })
const Token = z.string().openapi({ description: 'A compact JWT' })
const Seconds = z.number().int().min(0).openapi({ description: 'Seconds' })
const Count = z.number().int().min(0)

/** What this surface answers, around what `wire` shows. */
export const Message = Said.openapi('VoipMessage')
export const LoggedIn = Said.extend({ token: Token, expires_in: Seconds, user: wire.ShownUser }).openapi(
  'VoipLogin',
)
export const Registered = Said.extend({ user: wire.ShownUser }).openapi('VoipRegistered')
export const Refreshed = Said.extend({ token: Token, expires_in: Seconds }).openapi('VoipRefreshed')
export const OneUser = Done.extend({ user: wire.ShownUser })
export const StatusSet = Said.extend({
  status: z.enum(CLIENT_STATUSES),
  own_status: z.enum(OWN_STATUSES).openapi({ description: 'The same in our words' }),
})
export const SomeUsers = Done.extend({ users: z.array(wire.ShownUser), count: Count })
export const PageOfUsers = SomeUsers.extend({
  next_after: z.string().nullable().openapi({ description: 'For `after`, where there are more' }),
})
export const Initiated = Said.extend({
  channel: wire.Channel,
  caller: z.string().nullable(),
  callee: z.string(),
}).openapi('VoipInitiated')
export const OfChannel = Said.extend({ channel: wire.Channel })
export const HungUp = OfChannel.extend({ duration: Seconds })
export const ActiveCalls = Done.extend({
  calls: z.array(wire.ActiveCall),
  active_calls: z.array(ConnectedCall).openapi({ description: 'The same, as existing clients read them' }),
  count: Count,
})
export const Logs = Done.extend({
  logs: z.array(wire.PastCall),
  call_logs: z.array(LoggedCall).openapi({ description: 'The same, as existing clients read them' }),
  count: Count,
})
export const Stats = Done.extend({
  total_users: Count,
  online_users: Count,
  active_calls: Count,
  total_calls: Count,
  pbx_online: z.boolean(),
  stats: z
    .object({
      total_users: Count,
      online_users: Count,
      active_calls: Count,
      calls_today: Count.openapi({ description: 'That are over, since midnight in HOOKSWITCH_TIME_ZONE' }),
      ws_connections: Count.openapi({ description: 'Sockets of this API' }),
    })
    .openapi({ description: 'As existing clients read it' }),
}).openapi('VoipStats')
export const Refused = z.object({ error: z.string() }).openapi('VoipError')
