import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { MiddlewareHandler } from 'hono'
import type { MediaLinks } from '../../core/auth/media-links.ts'
import type { FindReach } from '../../core/auth/supervisor-reach.ts'
import type { CallRecord, HistoryStore } from '../../core/calls/call-history.ts'
import { historyScope, withinScope } from '../../core/calls/history-scope.ts'
import type { DialPolicy } from '../../core/dial-policy/dial-policy.ts'
import { Refusal } from '../../core/refusal.ts'
import { toDelimiter } from '../csv-writer.ts'
import { readJson } from '../errors.ts'
import type { Guard, Guarded } from '../guard.ts'
import { CALL_VISIBILITY } from '../openapi.ts'
import { streamHistoryCsv } from './history-csv.ts'
import * as wire from './history-wire.ts'
import { commonProblems, json, jsonRequest, orService, problem } from './responses.ts'

export interface HistoryRoutesNeeds {
  guard: Guard
  history: Pick<HistoryStore, 'page' | 'total' | 'find'>
  reachOf: FindReach
  mediaLinks: Pick<MediaLinks, 'issueForRecording'>
  policy: () => Pick<DialPolicy, 'prefixes'>
}

const tags = ['history']
const callNotFound = problem('No such call of mine')

/** Ended calls. Must be added before any `/calls/{…}`, which would read `history` as an id. */
export function addHistoryRoutes(
  app: OpenAPIHono<Guarded>,
  { guard, history, reachOf, mediaLinks, policy }: HistoryRoutesNeeds,
): void {
  const reader = guard({ service: 'history:read' })

  app.openapi(
    createRoute({
      method: 'get',
      path: '/calls/history',
      operationId: 'listPastCalls',
      summary: 'My past calls, the newest first; those of whom I oversee, too',
      description: CALL_VISIBILITY,
      tags,
      security: orService('history:read'),
      middleware: reader,
      request: { query: wire.HistoryPageQuery },
      responses: { 200: json(wire.CallHistoryJson, 'A page of them'), ...commonProblems },
    }),
    async (c) => {
      const { limit, cursor, ...filter } = c.req.valid('query')
      const { actor } = c.var
      const scoped = await withinScope(actor, reachOf, wire.toHistoryFilter(filter, policy(), actor.userId))
      const [page, total] = await Promise.all([
        history.page(scoped, { limit, ...afterCursor(cursor) }),
        history.total(scoped),
      ])
      return c.json(wire.toCallHistoryJson(page, total, actor.userId), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/calls/history.csv',
      operationId: 'exportPastCalls',
      summary: 'The same as a table, all pages in one',
      tags,
      security: orService('history:read'),
      middleware: reader,
      request: { query: wire.HistoryCsvQuery },
      responses: {
        200: {
          description:
            "RFC 4180 with a header, in UTF-8 with a byte order mark; a `'` keeps text from being a formula",
          content: { 'text/csv': { schema: z.string() } },
        },
        ...commonProblems,
      },
    }),
    async (c) => {
      const { delimiter, ...filterQuery } = c.req.valid('query')
      const scopedFilter = await withinScope(
        c.var.actor,
        reachOf,
        wire.toHistoryFilter(filterQuery, policy(), c.var.actor.userId),
      )
      const table = await streamHistoryCsv(history, scopedFilter, toDelimiter(delimiter))
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
      security: orService('history:read'),
      middleware: reader,
      request: { params: wire.PastCallParams },
      responses: { 200: json(wire.PastCallJson, 'The call'), 404: callNotFound, ...commonProblems },
    }),
    async (c) => {
      const scope = await historyScope(c.var.actor, reachOf)
      const call = await history.find(c.req.valid('param').id, scope)
      return c.json(wire.toPastCallJson(requireFound(call), c.var.actor.userId), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/calls/history/{id}/recording-link',
      operationId: 'linkRecording',
      summary: 'Links to its recordings, for players that cannot send a header; they die with the session',
      tags,
      security: orService('recordings:read'),
      middleware: [guard({ service: 'recordings:read' }), optionalJsonBody],
      request: {
        params: wire.PastCallParams,
        body: {
          required: false,
          ...jsonRequest(wire.RecordingLinkBody, 'How long it opens, 10 minutes by default'),
        },
      },
      responses: {
        201: json(wire.RecordingLinkJson, 'Where each can be played'),
        404: problem('No such call of mine, or it was not recorded'),
        ...commonProblems,
      },
    }),
    async (c) => {
      const scope = await historyScope(c.var.actor, reachOf)
      const call = requireFound(await history.find(c.req.valid('param').id, scope))
      const { minutes = 10 } = c.req.valid('json')
      const links = requireRecordings(call).map(async (path) => {
        return { path, ...(await mediaLinks.issueForRecording(c.var.actor, path, minutes)) }
      })
      return c.json(wire.toRecordingLinkJson(await Promise.all(links)), 201)
    },
  )
}

/** The body is optional, but must be JSON if present: zod-openapi's own error has another format. */
const optionalJsonBody: MiddlewareHandler<Guarded> = async (c, next) => {
  if ((await c.req.arrayBuffer()).byteLength > 0) await readJson(c, wire.RecordingLinkBody)
  await next()
}

function requireFound(call: CallRecord | undefined): CallRecord {
  if (call === undefined) throw new Refusal('not_found', { detail: 'no such call' })
  return call
}

function requireRecordings({ recordings }: CallRecord): readonly string[] {
  if (recordings.length === 0) throw new Refusal('not_found', { detail: 'this call was not recorded' })
  return recordings
}

function afterCursor(cursor: string | undefined) {
  if (cursor === undefined) return {}
  const decoded = wire.decodeHistoryCursor(cursor)
  if (decoded === undefined) throw new Refusal('input_invalid', { detail: 'cursor is not one we gave' })
  return { after: decoded }
}
