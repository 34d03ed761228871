import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import type { MediaLinks } from '../../core/auth/media-links.ts'
import type { FindReach } from '../../core/auth/supervisor-reach.ts'
import type { CallRecord, HistoryStore } from '../../core/calls/call-history.ts'
import { historyScope, withinScope } from '../../core/calls/history-scope.ts'
import type { DialPolicy } from '../../core/dial-policy/dial-policy.ts'
import { Refusal } from '../../core/refusal.ts'
import { delimiterOf } from '../csv-writer.ts'
import { readJson } from '../errors.ts'
import type { Guard, Guarded } from '../guard.ts'
import { OVERSEEING } from '../openapi.ts'
import { csvOf } from './history-csv.ts'
import * as wire from './history-wire.ts'
import { json, problem, problems, security, taking } from './openapi.ts'

export interface HistoryRoutesNeeds {
  guard: Guard
  history: Pick<HistoryStore, 'list' | 'find'>
  reachOf: FindReach
  mediaLinks: Pick<MediaLinks, 'sellFor'>
  policy: () => Pick<DialPolicy, 'beginnings'>
}

const tags = ['history']
const noCall = problem('No such call of mine')

/** Calls that are over. To be added before any `/calls/{…}`, which would take `history` for an id. */
export function addHistory(
  app: OpenAPIHono<Guarded>,
  { guard, history, reachOf, mediaLinks, policy }: HistoryRoutesNeeds,
): void {
  const signedIn = guard()

  app.openapi(
    createRoute({
      method: 'get',
      path: '/calls/history',
      operationId: 'listPastCalls',
      summary: 'My past calls, the newest first; those of whom I oversee, too',
      description: OVERSEEING,
      tags,
      security,
      middleware: signedIn,
      request: { query: wire.FilteredPage },
      responses: { 200: json(wire.CallHistory, 'A page of them'), ...problems },
    }),
    async (c) => {
      const { limit, cursor, ...filter } = c.req.valid('query')
      const seen = await withinScope(c.var.actor, reachOf, wire.filter(filter, policy()))
      return c.json(wire.callHistory(await history.list(seen, { limit, ...after(cursor) }), limit), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/calls/history.csv',
      operationId: 'exportPastCalls',
      summary: 'The same as a table, all pages in one',
      tags,
      security,
      middleware: signedIn,
      request: { query: wire.FilteredTable },
      responses: {
        200: {
          description:
            "RFC 4180 with a header, in UTF-8 with a byte order mark; a `'` keeps text from being a formula",
          content: { 'text/csv': { schema: z.string() } },
        },
        ...problems,
      },
    }),
    async (c) => {
      const { delimiter, ...asked } = c.req.valid('query')
      const seen = await withinScope(c.var.actor, reachOf, wire.filter(asked, policy()))
      const table = await csvOf(history, seen, delimiterOf(delimiter))
      return c.body(table, 200, {
        'Content-Type': 'text/csv; charset=utf-8; header=present',
        'Content-Disposition': 'attachment; filename="calls.csv"',
        'Cache-Control': 'no-store',
      })
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/calls/history/{id}',
      operationId: 'findPastCall',
      summary: 'One past call',
      tags,
      security,
      middleware: signedIn,
      request: { params: wire.OfPastCall },
      responses: { 200: json(wire.PastCall, 'The call'), 404: noCall, ...problems },
    }),
    async (c) => {
      const scope = await historyScope(c.var.actor, reachOf)
      const call = await history.find(c.req.valid('param').id, scope)
      return c.json(wire.pastCall(found(call)), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/calls/history/{id}/recording-link',
      operationId: 'linkRecording',
      summary: 'Links to its recordings, for players that cannot send a header; they die with the session',
      tags,
      security,
      middleware: [signedIn, jsonIfAny],
      request: {
        params: wire.OfPastCall,
        body: { required: false, ...taking(wire.LinkWish, 'How long it opens, 10 minutes by default') },
      },
      responses: {
        201: json(wire.RecordingLink, 'Where each can be heard'),
        404: problem('No such call of mine, or it was not recorded'),
        ...problems,
      },
    }),
    async (c) => {
      const scope = await historyScope(c.var.actor, reachOf)
      const call = found(await history.find(c.req.valid('param').id, scope))
      const { minutes = 10 } = c.req.valid('json')
      const links = recorded(call).map(async (path) => {
        return { path, ...(await mediaLinks.sellFor(c.var.actor, path, minutes)) }
      })
      return c.json(wire.recordingLinks(await Promise.all(links)), 201)
    },
  )
}

/** A body may be left out, but what is there must be JSON: the framework's own complaint is in nobody's words. */
const jsonIfAny: MiddlewareHandler<Guarded> = async (c, next) => {
  if ((await c.req.arrayBuffer()).byteLength > 0) await readJson(c, wire.LinkWish)
  await next()
}

function found(call: CallRecord | undefined): CallRecord {
  if (call === undefined) throw new Refusal('not_found', { detail: 'no such call' })
  return call
}

function recorded({ recordings }: CallRecord): readonly string[] {
  if (recordings.length === 0) throw new Refusal('not_found', { detail: 'this call was not recorded' })
  return recordings
}

function after(cursor: string | undefined) {
  if (cursor === undefined) return {}
  const read = wire.readCursor(cursor)
  if (read === undefined) throw new Refusal('input_invalid', { detail: 'cursor is not one we gave' })
  return { after: read }
}
