import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { toUnixSeconds } from '../../../runtime/time.ts'
import type { ActorResolver } from '../../core/call-center/agents/actor-resolver.ts'
import { boardScope } from '../../core/call-center/board/board-scope.ts'
import type { FiguresReader } from '../../core/call-center/stats/figures.ts'
import { toDelimiter } from '../csv-writer.ts'
import type { Guard, Guarded } from '../guard.ts'
import { boardProblems, boardTag, OVERSEERS } from './board-routes.ts'
import * as wire from './figures-wire.ts'
import { security } from './responses.ts'

export interface FiguresRoutesNeeds {
  guard: Guard
  resolveActor: ActorResolver['resolve']
  figures: FiguresReader
  timeZone: string
  now(): number
}

const csv = { 'text/csv': { schema: z.string() } }

/** Figures of past days, by agent or campaign. */
export function addFiguresRoutes(app: OpenAPIHono<Guarded>, needs: FiguresRoutesNeeds): void {
  const { guard, figures } = needs
  const overseer = guard({ roles: OVERSEERS })

  async function scoped(c: Context<Guarded>, params: z.output<typeof wire.FiguresQueryParams>) {
    const { scope } = boardScope(await needs.resolveActor(c.var.actor), params.team)
    return { scope, query: wire.toFiguresQuery(params, needs.timeZone, toUnixSeconds(needs.now())) }
  }
  async function csvOf(c: Context<Guarded>, params: z.output<typeof wire.FiguresCsvQuery>) {
    const { scope, query } = await scoped(c, params)
    const cells = await figures.cells(scope, query)
    return c.body(wire.toFiguresCsv(cells, query, toDelimiter(params.delimiter)), 200, {
      'Content-Type': 'text/csv; charset=utf-8; header=present',
      'Content-Disposition': 'attachment; filename="figures.csv"',
      'Cache-Control': 'no-store',
      Vary: 'Accept',
    })
  }

  app.openapi(
    createRoute({
      method: 'get',
      path: '/figures',
      operationId: 'readFigures',
      summary: 'Calls by hour or day, of agents or campaigns, with sums; with `Accept: text/csv` as a table',
      tags: [boardTag.name],
      security,
      middleware: overseer,
      request: { query: wire.FiguresCsvQuery },
      responses: {
        200: {
          description: 'The figures',
          content: { 'application/json': { schema: wire.FiguresJson }, ...csv },
        },
        ...boardProblems,
      },
    }),
    async (c) => {
      const params = c.req.valid('query')
      if (/(?:^|,)\s*text\/csv\b/i.test(c.req.header('accept') ?? '')) return csvOf(c, params)
      const { scope, query } = await scoped(c, params)
      c.header('Vary', 'Accept', { append: true })
      return c.json(wire.toFiguresJson(await figures.read(scope, query), query), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/figures.csv',
      operationId: 'exportFigures',
      summary: 'The same as a table: a row for each agent or campaign and each hour or day with calls',
      tags: [boardTag.name],
      security,
      middleware: overseer,
      request: { query: wire.FiguresCsvQuery },
      responses: {
        200: {
          description:
            "RFC 4180 with a header, in UTF-8 with a byte order mark; a `'` keeps text from being a formula",
          content: csv,
        },
        ...boardProblems,
      },
    }),
    (c) => csvOf(c, c.req.valid('query')),
  )
}
