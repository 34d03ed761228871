import { z } from '@hono/zod-openapi'
import type { Session, SessionCursor } from '../../core/auth/session-store.ts'
import { CALL_ID } from '../../core/calls/call-id.ts'
import { ID_PATTERN, INVALID_ID } from '../../core/values/id.ts'
import { toIsoTime } from '../iso-time.ts'
import { Time } from '../openapi.ts'

export const PREFIX = '/api/v1'

const SessionId = z
  .string()
  .regex(/^[\w-]{22}$/, 'must be the id of a session')
  .openapi({ example: 'Cr7MW2QlixZw-sBJDEs4Aw' })
export const UserId = z
  .string()
  .regex(/^\d{1,15}$/, 'must be the id of a user, such as 5')
  .openapi({ example: '5' })
/** The id of a row. `IdText` of the core has no `openapi`. */
export const IdParam = z.string().regex(ID_PATTERN, INVALID_ID)
/** Outside of these years a calendar is no use, and clocks are not those of the IANA database. */
const [FIRST_YEAR, LAST_YEAR] = [1970, 2999]
/** A calendar day, as `2026-01-31`. */
export const CalendarDay = z.iso
  .date('must be a day, such as 2026-01-31')
  .refine(
    (day) => Number(day.slice(0, 4)) >= FIRST_YEAR && Number(day.slice(0, 4)) <= LAST_YEAR,
    `must be a day of the years ${FIRST_YEAR} to ${LAST_YEAR}`,
  )
  .openapi({ example: '2026-01-31' })
export const CallId = z
  .string()
  .regex(CALL_ID, 'must be the id of a call')
  .openapi({ example: 'hk_Cr7MW2QlixZw-sBJDEs4Aw' })

export const SessionJson = z
  .object({
    id: SessionId,
    surface: z.string().openapi({ description: 'The surface the login came through', example: 'softphone' }),
    created_at: Time,
    last_seen_at: Time,
    expires_at: Time.openapi({ description: 'Over at this moment, whatever happens' }),
    idle_expires_at: Time.openapi({ description: 'Over at this moment, unless refreshed before' }),
    address: z.string().openapi({ example: '192.0.2.7' }),
    user_agent: z.string(),
    remember_me: z.boolean(),
    current: z.boolean().openapi({ description: 'Whether the asking token belongs to it' }),
  })
  .openapi('Session')
export const SessionListJson = z
  .object({
    sessions: z.array(SessionJson),
    next_cursor: z.string().nullable(),
    total: z.number().int().min(0).openapi({ description: 'All live sessions of the user' }),
  })
  .openapi('SessionList')
export const EndedJson = z.object({ ended: z.number().int().min(0) }).openapi('Ended')
export const ProblemJson = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.number().int(),
    code: z.string(),
    detail: z.string().optional(),
  })
  .openapi('Problem')

export const PageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(50),
  cursor: z
    .string()
    .regex(/^[\w-]{1,120}$/, 'must be a cursor that we gave')
    .optional(),
})
export const EndSessionsQuery = z.object({
  scope: z.enum(['others', 'all']).openapi({ description: 'all but the current one, or log out everywhere' }),
})
export const SessionParams = z.object({ sessionId: SessionId })
export const UserParams = z.object({ userId: UserId })
export const UserSessionParams = z.object({ userId: UserId, sessionId: SessionId })

export const toSessionJson = (one: Session, currentId: string): z.infer<typeof SessionJson> => ({
  id: one.id,
  surface: one.surface,
  created_at: toIsoTime(one.createdAt),
  last_seen_at: toIsoTime(one.lastSeenAt),
  expires_at: toIsoTime(one.expiresAt),
  idle_expires_at: toIsoTime(Math.min(one.idleExpiresAt, one.expiresAt)),
  address: one.address,
  user_agent: one.userAgent,
  remember_me: one.remember,
  current: one.id === currentId,
})

/** A page is full when there may be another one. */
export const toSessionListJson = (
  page: Session[],
  total: number,
  limit: number,
  currentId: string,
): z.infer<typeof SessionListJson> => {
  const last = page.length === limit ? page.at(-1) : undefined
  return {
    sessions: page.map((one) => toSessionJson(one, currentId)),
    next_cursor: last === undefined ? null : encodeSessionCursor(last),
    total,
  }
}

const encodeSessionCursor = ({ createdAt, id }: SessionCursor) =>
  Buffer.from(`${createdAt}:${id}`).toString('base64url')

/** @returns undefined for a malformed cursor */
export function decodeSessionCursor(text: string): SessionCursor | undefined {
  const [, createdAt, id] =
    /^(\d{1,12}):([\w-]{22})$/.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? []
  return createdAt === undefined || id === undefined ? undefined : { createdAt: Number(createdAt), id }
}
