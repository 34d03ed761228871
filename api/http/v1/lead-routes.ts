import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Actor } from '../../core/actor.ts'
import type { FindReach } from '../../core/auth/supervisor-reach.ts'
import type { CallCenterActor } from '../../core/call-center/agents/call-center-actor.ts'
import type { LeadBulk } from '../../core/call-center/leads/lead-bulk.ts'
import type { LeadCalls } from '../../core/call-center/leads/lead-calls.ts'
import type { NumberNormalizer } from '../../core/call-center/leads/lead-input.ts'
import type { Leads } from '../../core/call-center/leads/leads.ts'
import { IdText } from '../../core/values/id.ts'
import type { Guard, Guarded } from '../guard.ts'
import { limitJsonBody } from '../json-body.ts'
import * as bulkWire from './lead-bulk-wire.ts'
import * as wire from './lead-wire.ts'
import { ListQuery, nextCursor, readCursor } from './paging.ts'
import { commonProblems, json, jsonRequest, problem, security } from './responses.ts'

export interface LeadRoutesNeeds {
  guard: Guard
  /** With the scope of the call center's roles. */
  resolveActor: (actor: Actor) => Promise<CallCenterActor>
  leads: Pick<Leads, 'list' | 'count'>
  bulk: LeadBulk
  calls: LeadCalls
  reachOf: FindReach
  policy: () => NumberNormalizer
}

const tags = ['leads']
const SCOPE = 'Agents see leads that are assigned to them, supervisors those of their team, admins all.'

/** Leads in pages, changes of many at once, and the calls of a lead. */
export function addLeadRoutes(
  app: OpenAPIHono<Guarded>,
  { guard, resolveActor, leads, bulk, calls, reachOf, policy }: LeadRoutesNeeds,
): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/leads',
      operationId: 'listLeads',
      summary: 'Leads, by filters and in an order',
      description: SCOPE,
      tags,
      security,
      middleware: guard(),
      request: { query: wire.LeadPageQuery },
      responses: { 200: json(wire.LeadListJson, 'A page of them'), ...commonProblems },
    }),
    async (c) => {
      const { limit, cursor, offset, sort, ...query } = c.req.valid('query')
      const actor = await resolveActor(c.var.actor)
      const order = wire.toLeadOrder(sort)
      const filter = wire.toLeadFilter(query, policy())
      const page = { after: wire.readLeadCursor(cursor, order), offset, limit }
      const [found, { count, isExact }] = await Promise.all([
        leads.list(actor, filter, order, page),
        leads.count(actor, filter),
      ])
      return c.json(
        {
          leads: found.map(wire.toListedLeadJson),
          next_cursor: wire.toLeadPageCursor(found, limit, order),
          total: count,
          total_is_exact: isExact,
        },
        200,
      )
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/leads/bulk',
      operationId: 'changeLeads',
      summary: 'Assign many leads, set their status or their campaign (supervisors, admins)',
      description:
        'Up to 500 leads a request, in the order of their ids. Send the same body with `cursor` until `next_cursor` is null: leads that were made meanwhile are not changed, and a chunk that is sent twice changes nothing more. The status `do_not_call` puts the numbers on the do-not-call list.',
      tags,
      security,
      middleware: [guard({ roles: ['admin', 'supervisor'] }), limitJsonBody],
      request: {
        body: { required: true, ...jsonRequest(bulkWire.BulkBody, 'Which leads, and what changes') },
      },
      responses: {
        200: json(bulkWire.BulkResultJson, 'What was changed'),
        404: problem('No such agent or campaign that I see'),
        ...commonProblems,
      },
    }),
    async (c) => {
      const body = c.req.valid('json')
      const actor = await resolveActor(c.var.actor)
      const target = bulkWire.toBulkTarget(body, policy())
      if (body.dry_run) {
        const { count, isExact } = await bulk.count(actor, target)
        const nothing = { changed: 0, unchanged: 0, refused: [], next_cursor: null }
        return c.json({ matched: count, matched_is_exact: isExact, ...nothing }, 200)
      }
      const position = bulkWire.readBulkCursor(body.cursor)
      const { next, refused, ...counts } = await bulk.run(
        actor,
        target,
        bulkWire.toBulkChange(body),
        position,
      )
      return c.json(
        {
          matched: 0,
          matched_is_exact: false,
          ...counts,
          refused: refused.map(({ id, reason }) => ({ id: Number(id), reason })),
          next_cursor: bulkWire.toBulkCursor(next),
        },
        200,
      )
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/leads/{id}/calls',
      operationId: 'listCallsOfLead',
      summary: 'Calls of agents and campaigns to a lead, the newest first',
      description: SCOPE,
      tags,
      security,
      middleware: guard(),
      request: { params: wire.LeadParams, query: ListQuery },
      responses: {
        200: json(wire.LeadCallListJson, 'A page of them'),
        404: problem('No such lead that I see'),
        ...commonProblems,
      },
    }),
    async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const { actor } = c.var
      const who = { actor, callCenterActor: await resolveActor(actor), reachOf }
      const [before] = readCursor(cursor, z.tuple([IdText])) ?? []
      const { calls: found, total } = await calls.list(who, c.req.valid('param').id, { before, limit })
      return c.json(
        {
          calls: found.map((call) => wire.toLeadCallJson(call, actor.userId)),
          next_cursor: nextCursor(found, limit, ({ id }) => [id]),
          total,
        },
        200,
      )
    },
  )
}
