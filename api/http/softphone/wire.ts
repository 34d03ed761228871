import { z } from '@hono/zod-openapi'
import { Role } from '../../../contract/claims.ts'
import { toUnixSeconds } from '../../../runtime/time.ts'
import { MAX_LINK_MINUTES, type MediaLink } from '../../core/auth/media-links.ts'
import type { ExtraClaims, OpenedSession } from '../../core/auth/sessions.ts'
import type { StreamTicket } from '../../core/auth/stream-tickets.ts'
import type { User } from '../../core/auth/users.ts'
import { type Published, SNAPSHOT_CHANNELS } from '../../core/messaging/snapshots.ts'

export const PREFIX = '/pbxcore/api/module-softphone-backend/v1'

/** Either may be missing: the document answers that with "Invalid credentials provided". */
export const LoginBody = z.object({
  username: z.string().max(256).default(''),
  password: z.string().max(1024).default(''),
})
export const MediaLinkBody = z.object({
  path: z.string(),
  minutes: z.number().int().min(1).max(MAX_LINK_MINUTES).default(10),
})
export const Channel = z.enum(SNAPSHOT_CHANNELS)
/** Any object. Its publisher defines the content, which may be large and is not validated. */
export const SnapshotBody = z
  .custom<Record<string, unknown>>(
    (body) => typeof body === 'object' && body !== null && !Array.isArray(body),
    'must be an object',
  )
  .openapi({ type: 'object', additionalProperties: {} })

/** The document's claims beyond the core ones; this project never reads them. */
export const extraClaims: ExtraClaims = (user: User, type) => ({ username: user.username, type })

const Success = z.object({ success: z.literal(true) })
const UnixSeconds = z.number().int().openapi({ description: 'Unix seconds', example: 1_769_860_800 })
const Jwt = z.string().openapi({ description: 'A compact JWT' })

export const LoginJson = Success.extend({
  access_token: Jwt,
  refresh_token: Jwt,
  token_type: z.literal('Bearer'),
  expires_in: z.number().int().openapi({ description: 'Seconds', example: 900 }),
}).openapi('SoftphoneLogin')
export const toLoginJson = (session: OpenedSession): z.infer<typeof LoginJson> => ({
  success: true,
  access_token: session.accessToken,
  refresh_token: session.refreshToken,
  token_type: 'Bearer',
  expires_in: session.expiresIn,
})
export const RefreshJson = LoginJson.omit({ refresh_token: true }).openapi('SoftphoneRefreshed')
export const toRefreshJson = ({
  accessToken,
  expiresIn,
}: Pick<OpenedSession, 'accessToken' | 'expiresIn'>): z.infer<typeof RefreshJson> => ({
  success: true,
  access_token: accessToken,
  token_type: 'Bearer',
  expires_in: expiresIn,
})
export const LogoutJson = Success.extend({ message: z.string() })
export const logoutJson: z.infer<typeof LogoutJson> = { success: true, message: 'Logged out successfully' }
export const ProfileJson = Success.extend({
  user: z.object({ id: z.number().int(), username: z.string(), role: Role }),
}).openapi('SoftphoneProfile')
export const toProfileJson = (user: User): z.infer<typeof ProfileJson> => ({
  success: true,
  user: { id: Number(user.id), username: user.username, role: user.role },
})
export const HealthJson = Success.extend({ status: z.literal('ok'), timestamp: UnixSeconds })
export const toHealthJson = (): z.infer<typeof HealthJson> => ({
  success: true,
  status: 'ok',
  timestamp: nowSeconds(),
})
export const MediaAccessJson = Success
export const mediaAccessJson: z.infer<typeof MediaAccessJson> = { success: true }
export const MediaLinkJson = Success.extend({
  url: z.string().openapi({ description: 'Path and query, behind the host of this API' }),
  expires_at: UnixSeconds,
}).openapi('MediaLink')
export const toMediaLinkJson = ({ url, expiresAt }: MediaLink): z.infer<typeof MediaLinkJson> => ({
  success: true,
  url,
  expires_at: expiresAt,
})
export const StreamTicketJson = Success.extend({
  ticket: z.string(),
  expires_in: z.number().int(),
  url: z.string().openapi({ description: 'Where it opens `users-state`' }),
}).openapi('StreamTicket')
export const toStreamTicketJson = ({
  ticket,
  expiresIn,
}: StreamTicket): z.infer<typeof StreamTicketJson> => ({
  success: true,
  ticket,
  expires_in: expiresIn,
  url: `${PREFIX}/sub/users-state?ticket=${ticket}`,
})
export const RenewJson = Success.extend({ expires_at: UnixSeconds })
export const toRenewJson = (expiresAt: number): z.infer<typeof RenewJson> => ({
  success: true,
  expires_at: expiresAt,
})
export const PublishJson = Success.extend({
  subscribers: z.number().int().min(0),
  seq: z.number().int(),
  epoch: z.string(),
}).openapi('Published')
export const toPublishJson = (
  { subscribers }: Published,
  { seq, epoch }: { seq: number; epoch: string },
): z.infer<typeof PublishJson> => ({ success: true, subscribers, seq, epoch })

/** "Status codes": the error body of this surface. */
export const ErrorJson = z
  .object({ success: z.literal(false), error: z.string(), timestamp: UnixSeconds })
  .openapi('SoftphoneError')
export const toErrorJson = (error: string): z.infer<typeof ErrorJson> => ({
  success: false,
  error,
  timestamp: nowSeconds(),
})

const nowSeconds = () => toUnixSeconds(Date.now())
