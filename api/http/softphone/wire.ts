import { z } from '@hono/zod-openapi'
import { Role } from '../../../contract/claims.ts'
import { type MediaLink, MOST_LINK_MINUTES } from '../../core/auth/media-links.ts'
import type { Clothing, Opened } from '../../core/auth/sessions.ts'
import type { StreamTicket } from '../../core/auth/stream-tickets.ts'
import type { User } from '../../core/auth/users.ts'
import { type Published, SNAPSHOT_CHANNELS } from '../../core/messaging/snapshots.ts'

export const PREFIX = '/pbxcore/api/module-softphone-backend/v1'

/** Either may be left out: the document answers that with "Invalid credentials provided". */
export const LoginBody = z.object({
  username: z.string().max(256).default(''),
  password: z.string().max(1024).default(''),
})
export const LinkBody = z.object({
  path: z.string(),
  minutes: z.number().int().min(1).max(MOST_LINK_MINUTES).default(10),
})
export const Channel = z.enum(SNAPSHOT_CHANNELS)
/** Any object: what is in it is its publisher's to say, and much of it is not walked through here. */
export const SnapshotBody = z
  .custom<Record<string, unknown>>(
    (body) => typeof body === 'object' && body !== null && !Array.isArray(body),
    'must be an object',
  )
  .openapi({ type: 'object', additionalProperties: {} })

/** Claims the document shows beyond the core ones; nobody here reads them. */
export const clothing: Clothing = (user: User, type) => ({ username: user.username, type })

const Done = z.object({ success: z.literal(true) })
const Expiry = z.number().int().openapi({ description: 'Unix seconds', example: 1_769_860_800 })
const Jwt = z.string().openapi({ description: 'A compact JWT' })

export const LoggedIn = Done.extend({
  access_token: Jwt,
  refresh_token: Jwt,
  token_type: z.literal('Bearer'),
  expires_in: z.number().int().openapi({ description: 'Seconds', example: 900 }),
}).openapi('SoftphoneLogin')
export const opened = (session: Opened): z.infer<typeof LoggedIn> => ({
  success: true,
  access_token: session.accessToken,
  refresh_token: session.refreshToken,
  token_type: 'Bearer',
  expires_in: session.expiresIn,
})
export const Refreshed = LoggedIn.omit({ refresh_token: true }).openapi('SoftphoneRefreshed')
export const refreshed = ({
  accessToken,
  expiresIn,
}: Pick<Opened, 'accessToken' | 'expiresIn'>): z.infer<typeof Refreshed> => ({
  success: true,
  access_token: accessToken,
  token_type: 'Bearer',
  expires_in: expiresIn,
})
export const LoggedOut = Done.extend({ message: z.string() })
export const loggedOut: z.infer<typeof LoggedOut> = { success: true, message: 'Logged out successfully' }
export const Profile = Done.extend({
  user: z.object({ id: z.number().int(), username: z.string(), role: Role }),
}).openapi('SoftphoneProfile')
export const profile = (user: User): z.infer<typeof Profile> => ({
  success: true,
  user: { id: Number(user.id), username: user.username, role: user.role },
})
export const Health = Done.extend({ status: z.literal('ok'), timestamp: Expiry })
export const health = (): z.infer<typeof Health> => ({
  success: true,
  status: 'ok',
  timestamp: unixSeconds(),
})
export const Allowed = Done
export const allowed: z.infer<typeof Allowed> = { success: true }
export const Link = Done.extend({
  url: z.string().openapi({ description: 'Path and query, behind the host of this API' }),
  expires_at: Expiry,
}).openapi('MediaLink')
export const link = ({ url, expiresAt }: MediaLink): z.infer<typeof Link> => ({
  success: true,
  url,
  expires_at: expiresAt,
})
export const Ticket = Done.extend({
  ticket: z.string(),
  expires_in: z.number().int(),
  url: z.string().openapi({ description: 'Where it opens `users-state`' }),
}).openapi('StreamTicket')
export const ticket = ({ ticket, expiresIn }: StreamTicket): z.infer<typeof Ticket> => ({
  success: true,
  ticket,
  expires_in: expiresIn,
  url: `${PREFIX}/sub/users-state?ticket=${ticket}`,
})
export const Renewed = Done.extend({ expires_at: Expiry })
export const renewed = (expiresAt: number): z.infer<typeof Renewed> => ({
  success: true,
  expires_at: expiresAt,
})
export const PublishedShape = Done.extend({
  subscribers: z.number().int().min(0),
  seq: z.number().int(),
  epoch: z.string(),
}).openapi('Published')
export const published = (
  { subscribers }: Published,
  { seq, epoch }: { seq: number; epoch: string },
): z.infer<typeof PublishedShape> => ({ success: true, subscribers, seq, epoch })

/** "Status codes": how this surface says no. */
export const Refused = z
  .object({ success: z.literal(false), error: z.string(), timestamp: Expiry })
  .openapi('SoftphoneError')
export const refused = (error: string): z.infer<typeof Refused> => ({
  success: false,
  error,
  timestamp: unixSeconds(),
})

const unixSeconds = () => Math.floor(Date.now() / 1000)
