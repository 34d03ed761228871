import { z } from '@hono/zod-openapi'
import { USER_STATUSES } from '../../core/presence/user-status-store.ts'
import { CLIENT_STATUSES, ConnectedCallJson, LoggedCallJson } from './compat-wire.ts'
import * as wire from './wire.ts'

const Success = z.object({ success: z.literal(true) })
const SuccessMessage = Success.extend({ message: z.string() })
const Token = z.string().openapi({ description: 'A compact JWT' })
const Seconds = z.number().int().min(0).openapi({ description: 'Seconds' })
const Count = z.number().int().min(0)

/** Response bodies of this surface, built from the pieces of `wire`. */
export const MessageJson = SuccessMessage.openapi('VoipMessage')
export const LoginJson = SuccessMessage.extend({
  token: Token,
  expires_in: Seconds,
  user: wire.UserJson,
}).openapi('VoipLogin')
export const RegisteredJson = SuccessMessage.extend({ user: wire.UserJson }).openapi('VoipRegistered')
export const RefreshJson = SuccessMessage.extend({ token: Token, expires_in: Seconds }).openapi(
  'VoipRefreshed',
)
export const SingleUserJson = Success.extend({ user: wire.UserJson })
export const StatusJson = SuccessMessage.extend({
  status: z.enum(CLIENT_STATUSES),
  own_status: z.enum(USER_STATUSES).openapi({ description: 'The same, in Hookswitch’s values' }),
})
export const UserListJson = Success.extend({ users: z.array(wire.UserJson), count: Count })
export const UserPageJson = UserListJson.extend({
  next_after: z.string().nullable().openapi({ description: 'For `after`, where there are more' }),
})
export const InitiatedJson = SuccessMessage.extend({
  channel: wire.Channel,
  caller: z.string().nullable(),
  callee: z.string(),
}).openapi('VoipInitiated')
export const ChannelJson = SuccessMessage.extend({ channel: wire.Channel })
export const HangupJson = ChannelJson.extend({ duration: Seconds })
export const ActiveCallsJson = Success.extend({
  calls: z.array(wire.ActiveCallJson),
  active_calls: z
    .array(ConnectedCallJson)
    .openapi({ description: 'The same, as existing clients read them' }),
  count: Count,
})
export const CallLogsJson = Success.extend({
  logs: z.array(wire.PastCallJson),
  call_logs: z.array(LoggedCallJson).openapi({ description: 'The same, as existing clients read them' }),
  count: Count,
})
export const AdminStatsJson = Success.extend({
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
export const ErrorJson = z.object({ error: z.string() }).openapi('VoipError')
