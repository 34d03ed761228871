import { z } from 'zod'
import type { MediaLink } from '../../core/media-links.ts'
import type { Clothing, Opened } from '../../core/sessions.ts'
import { type Published, SNAPSHOT_CHANNELS } from '../../core/snapshots.ts'
import type { StreamTicket } from '../../core/stream-tickets.ts'
import type { User } from '../../core/users.ts'

export const PREFIX = '/pbxcore/api/module-softphone-backend/v1'

/** Either may be left out: the document answers that with "Invalid credentials provided". */
export const LoginBody = z.object({
  username: z.string().max(256).default(''),
  password: z.string().max(1024).default(''),
})
export const LinkBody = z.object({ path: z.string(), minutes: z.number().int().min(1).max(60).default(10) })
export const Channel = z.enum(SNAPSHOT_CHANNELS)
export const SnapshotBody = z.record(z.string(), z.unknown())

/** Claims the document shows beyond the core ones; nobody here reads them. */
export const clothing: Clothing = (user: User, type) => ({ username: user.username, type })

export const opened = (session: Opened) => ({
  success: true,
  access_token: session.accessToken,
  refresh_token: session.refreshToken,
  token_type: 'Bearer',
  expires_in: session.expiresIn,
})
export const refreshed = ({ accessToken, expiresIn }: Pick<Opened, 'accessToken' | 'expiresIn'>) => ({
  success: true,
  access_token: accessToken,
  token_type: 'Bearer',
  expires_in: expiresIn,
})
export const profile = (user: User) => ({
  success: true,
  user: { id: Number(user.id), username: user.username, role: user.role },
})
export const link = ({ url, expiresAt }: MediaLink) => ({ success: true, url, expires_at: expiresAt })
export const ticket = ({ ticket, expiresIn }: StreamTicket) => ({
  success: true,
  ticket,
  expires_in: expiresIn,
  url: `${PREFIX}/sub/users-state?ticket=${ticket}`,
})
export const published = ({ subscribers }: Published, { seq, epoch }: { seq: number; epoch: string }) => ({
  success: true,
  subscribers,
  seq,
  epoch,
})
