import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type {
  SecurityEventCursor,
  SecurityEventRecorder,
  SecurityEventStore,
  StoredSecurityRecord,
} from '../../core/auth/security-events.ts'
import { SECURITY_EVENTS } from '../../core/auth/security-log.ts'
import type { UserStore } from '../../core/auth/users.ts'
import type { Guard, Guarded } from '../guard.ts'
import { toIsoTime } from '../iso-time.ts'
import { Time } from '../openapi.ts'
import { TimestampParam } from '../query-params.ts'
import { ListQuery, nextCursor, paged, readCursor, SearchText } from './paging.ts'
import { adminProblems, json, security } from './responses.ts'
import { UserId } from './wire.ts'

export interface SecurityLogRoutesNeeds {
  guard: Guard
  events: Pick<SecurityEventStore, 'list' | 'count'>
  recorder: Pick<SecurityEventRecorder, 'flush'>
  users: Pick<UserStore, 'findAll'>
}

const EventJson = z
  .object({
    id: z.string(),
    at: Time,
    event: z.string().openapi({ example: 'authn_login_fail' }),
    user_id: UserId.nullable().openapi({ description: 'Whom it is about' }),
    username: z.string().nullable().openapi({ description: 'The current one; null of a deleted user' }),
    actor_id: z.string().nullable().openapi({ description: 'Who did it: a user, or `cli`' }),
    actor_username: z.string().nullable(),
    address: z.string(),
    session_id: z.string().nullable(),
    detail: z.record(z.string(), z.string()).openapi({
      description: 'The rest, such as `username` as typed, `reason`, `target`, `changes`',
      example: { target: 'clara', changes: 'role=supervisor' },
    }),
  })
  .openapi('SecurityEvent')
const EventListJson = z.object({ events: z.array(EventJson), ...paged }).openapi('SecurityEventList')

const EventsQuery = ListQuery.extend({
  event: z.enum(SECURITY_EVENTS).optional(),
  user_id: UserId.optional(),
  from: TimestampParam.optional().openapi({ description: 'Events from then on' }),
  to: TimestampParam.optional().openapi({ description: 'Events before then' }),
  q: SearchText.optional().openapi({ description: 'Part of a username, an address or another text' }),
})

/** The security log, as far back as `HOOKSWITCH_SECURITY_LOG_DAYS`. */
export function addSecurityLogRoutes(app: OpenAPIHono<Guarded>, needs: SecurityLogRoutesNeeds): void {
  const { events, recorder, users } = needs

  app.openapi(
    createRoute({
      method: 'get',
      path: '/security-log',
      operationId: 'listSecurityEvents',
      summary: 'Logins, ended sessions and what administrators did, the newest first (admin)',
      tags: ['security log'],
      security,
      middleware: needs.guard({ roles: ['admin'] }),
      request: { query: EventsQuery },
      responses: { 200: json(EventListJson, 'A page of them'), ...adminProblems },
    }),
    async (c) => {
      const { limit, cursor, user_id: userId, q: text, ...rest } = c.req.valid('query')
      const filter = { ...rest, userId, text }
      const after = readEventCursor(cursor)
      // So that an administrator sees what they just did.
      await recorder.flush()
      const [page, total] = await Promise.all([
        events.list(filter, { limit, ...(after && { after }) }),
        events.count(filter),
      ])
      const people = await users.findAll(page.flatMap((one) => [one.userId ?? [], one.actorId ?? []].flat()))
      const nameOf = new Map(people.map(({ id, username }) => [id, username]))
      return c.json(
        {
          events: page.map((one) => toEventJson(one, nameOf)),
          next_cursor: nextCursor(page, limit, ({ at, id }) => [at, id]),
          total,
        },
        200,
      )
    },
  )
}

const toEventJson = (
  one: StoredSecurityRecord,
  nameOf: ReadonlyMap<string, string>,
): z.output<typeof EventJson> => ({
  id: one.id,
  at: toIsoTime(one.at),
  event: one.event,
  user_id: one.userId,
  username: nameOf.get(one.userId ?? '') ?? null,
  actor_id: one.actorId,
  actor_username: nameOf.get(one.actorId ?? '') ?? null,
  address: one.address,
  session_id: one.sessionId,
  detail: one.detail,
})

/** @throws {Refusal} `input_invalid` */
function readEventCursor(text: string | undefined): SecurityEventCursor | undefined {
  const key = readCursor(text, z.tuple([z.int().min(0), z.string().regex(/^\d{1,15}$/)]))
  return key && { at: key[0], id: key[1] }
}
