import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { MissedCalls, MissedCount } from '../../core/calls/missed-calls.ts'
import type { Guard, Guarded } from '../guard.ts'
import { toIsoTime } from '../iso-time.ts'
import { limitJsonBody } from '../json-body.ts'
import { Time } from '../openapi.ts'
import { commonProblems, json, jsonRequest, security } from './responses.ts'

export interface MissedRoutesNeeds {
  guard: Guard
  missed: MissedCalls
}

const tags = ['history']

const MissedJson = z
  .object({
    count: z.number().int().min(0).openapi({ description: 'At most 1000' }),
    since: Time.openapi({ description: 'Calls that ended later are counted: the mark, or 30 days ago' }),
    seen_until: Time.nullable().openapi({ description: 'The mark; null: none yet' }),
  })
  .openapi('MissedCalls')
const SeenBody = z
  .strictObject({
    until: z.iso.datetime({ offset: true }).openapi({
      description:
        '`ended_at` of the newest call that was seen. An earlier mark than the present one has no effect',
      example: '2026-01-31T12:00:00.000Z',
    }),
  })
  .openapi('MissedCallsSeen', { example: { until: '2026-01-31T12:00:00.000Z' } })

const toMissedJson = ({ count, since, seenUntil }: MissedCount): z.infer<typeof MissedJson> => ({
  count,
  since: toIsoTime(since),
  seen_until: seenUntil === undefined ? null : toIsoTime(seenUntil),
})

/** How many calls a user has missed and not seen. Must be added before any `/calls/{…}`, which would read `missed` as an id. */
export function addMissedRoutes(app: OpenAPIHono<Guarded>, { guard, missed }: MissedRoutesNeeds): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/calls/missed',
      operationId: 'countMissedCalls',
      summary: 'How many calls I have missed since the mark',
      description:
        'A call is missed if my phone was called, and neither I nor another user who was called answered it. One that I declined is not. `calls/history?missed=true` lists them.',
      tags,
      security,
      middleware: guard(),
      responses: { 200: json(MissedJson, 'The count'), ...commonProblems },
    }),
    async (c) => c.json(toMissedJson(await missed.count(c.var.actor.userId)), 200),
  )
  app.openapi(
    createRoute({
      method: 'put',
      path: '/calls/missed/seen',
      operationId: 'markMissedCallsSeen',
      summary: 'Mark my missed calls as seen',
      tags,
      security,
      middleware: [guard(), limitJsonBody],
      request: { body: { required: true, ...jsonRequest(SeenBody, 'Up to when') } },
      responses: { 204: { description: 'Marked' }, ...commonProblems },
    }),
    async (c) => {
      const until = Math.floor(Date.parse(c.req.valid('json').until) / 1000)
      await missed.markSeen(c.var.actor.userId, until)
      return c.body(null, 204)
    },
  )
}
