import { createRoute, type OpenAPIHono, z } from '@hono/zod-openapi'
import { readBearer } from '../../../contract/bearer.ts'
import type { ActorResolver } from '../../core/call-center/agents/actor-resolver.ts'
import { UNRESTRICTED_SCOPE } from '../../core/call-center/agents/scope.ts'
import type { BoardReader } from '../../core/call-center/board/board.ts'
import { teamScope } from '../../core/call-center/board/board-scope.ts'
import type { Wallboards } from '../../core/call-center/board/wallboards.ts'
import { Refusal } from '../../core/refusal.ts'
import { clientAddress } from '../errors.ts'
import type { Guard, Guarded } from '../guard.ts'
import { limitJsonBody } from '../json-body.ts'
import { boardProblems, boardTag, OVERSEERS } from './board-routes.ts'
import { ListQuery, nextCursor, readCursor } from './paging.ts'
import { json, jsonRequest, problem, security } from './responses.ts'
import * as wire from './wallboard-wire.ts'

export interface WallboardRoutesNeeds {
  guard: Guard
  resolveActor: ActorResolver['resolve']
  wallboards: Wallboards
  board: BoardReader
  /** @returns the page of a link, with the token behind `#` */
  linkOf(token: string): string
  timeZone: string
}

const tags = [boardTag.name]
const { 403: forbidden, 400: badRequest, 401: noToken, 503: unavailable } = boardProblems

/** Links for big screens, and what these read. */
export function addWallboardRoutes(app: OpenAPIHono<Guarded>, needs: WallboardRoutesNeeds): void {
  const { guard, wallboards } = needs
  const overseer = guard({ roles: OVERSEERS })

  app.openapi(
    createRoute({
      method: 'get',
      path: '/wallboards',
      operationId: 'listWallboards',
      summary: 'The links for big screens, of the own team or of all; without their secrets',
      tags,
      security,
      middleware: overseer,
      request: { query: ListQuery },
      responses: {
        200: json(wire.WallboardLinkListJson, 'A page of them'),
        ...{ 400: badRequest, 401: noToken, 403: forbidden, 503: unavailable },
      },
    }),
    async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const key = readCursor(cursor, z.tuple([z.string().regex(/^\d{1,15}$/)]))
      const actor = await needs.resolveActor(c.var.actor)
      const { wallboards: page, total } = await wallboards.list(actor, { afterId: key?.[0], limit })
      const next = nextCursor(page, limit, ({ id }) => [id])
      return c.json({ wallboards: page.map(wire.toWallboardLinkJson), next_cursor: next, total }, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/wallboards',
      operationId: 'createWallboard',
      summary: 'Make a link for a big screen, which shows the board without a login',
      tags,
      security,
      middleware: [overseer, limitJsonBody],
      request: { body: { required: true, ...jsonRequest(wire.NewWallboardBody, 'The link') } },
      responses: {
        201: json(wire.NewWallboardJson, 'The link with its secret'),
        ...{ 400: badRequest, 401: noToken, 403: forbidden, 503: unavailable },
        409: problem('There are too many links'),
      },
    }),
    async (c) => {
      const actor = await needs.resolveActor(c.var.actor)
      const ownTeam = actor.role === 'admin' ? null : actor.agent.team
      const link = wire.toNewWallboard(c.req.valid('json'), ownTeam)
      const { wallboard, token } = await wallboards.create(actor, link, clientAddress(c))
      return c.json({ ...wire.toWallboardLinkJson(wallboard), link: needs.linkOf(token) }, 201)
    },
  )
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/wallboards/{wallboardId}',
      operationId: 'revokeWallboard',
      summary: 'Revoke a link: what shows it is refused from the next request on',
      tags,
      security,
      middleware: overseer,
      request: { params: wire.WallboardParams },
      responses: { 204: { description: 'Revoked' }, ...boardProblems, 404: problem('No such link of mine') },
    }),
    async (c) => {
      const actor = await needs.resolveActor(c.var.actor)
      await wallboards.revoke(actor, c.req.valid('param').wallboardId, clientAddress(c))
      return c.body(null, 204)
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/wallboard',
      operationId: 'readWallboard',
      summary: 'The board of a link, for a big screen',
      description:
        'The token is that of a link (`wbd_…`), which opens nothing else; an access token does not open this. Names of agents are the only personal data, unless the link hides them.',
      tags,
      security: [{ wallboardToken: [] }],
      responses: {
        200: json(wire.WallboardJson, 'The board'),
        401: problem('No token, or one that was revoked or has expired'),
        429: problem('Too many requests: see Retry-After'),
        503: unavailable,
      },
    }),
    async (c) => {
      const bearer = readBearer(c.req.header('authorization'))
      if (bearer === 'missing') throw new Refusal('token_missing')
      if (bearer === 'malformed') throw new Refusal('token_invalid')
      const wallboard = await wallboards.open(bearer.token, clientAddress(c))
      const { team } = wallboard
      const scope = team === null ? UNRESTRICTED_SCOPE : teamScope(team)
      const board = await needs.board.read(scope, { team, timeZone: needs.timeZone })
      return c.json(wire.toWallboardJson(wallboard, board), 200)
    },
  )
}
