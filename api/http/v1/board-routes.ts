import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { toUnixSeconds } from '../../../runtime/time.ts'
import type { ActorResolver } from '../../core/call-center/agents/actor-resolver.ts'
import type { BoardReader } from '../../core/call-center/board/board.ts'
import { boardScope } from '../../core/call-center/board/board-scope.ts'
import {
  NO_THRESHOLDS,
  requireOrdered,
  type ThresholdStore,
} from '../../core/call-center/board/thresholds.ts'
import { Refusal } from '../../core/refusal.ts'
import type { Guard, Guarded } from '../guard.ts'
import { IfMatchHeaders, ifMatch, sendVersioned, setVersionEtag, versionedResponse } from '../if-match.ts'
import { limitJsonBody } from '../json-body.ts'
import * as wire from './board-wire.ts'
import { commonProblems, json, jsonRequest, problem, security } from './responses.ts'

export interface BoardRoutesNeeds {
  guard: Guard
  resolveActor: ActorResolver['resolve']
  board: BoardReader
  thresholds: ThresholdStore
  /** IANA name, for requests that name no time zone. */
  timeZone: string
  now(): number
}

export const boardTag = {
  name: 'board',
  description:
    'Agents and calls at this moment, figures, and links for big screens. For supervisors and admins.',
}
const tags = [boardTag.name]
export const boardProblems = {
  ...commonProblems,
  403: problem('For supervisors and administrators'),
  404: problem('Another team than my own'),
}
export const OVERSEERS = ['supervisor', 'admin'] as const

export function addBoardRoutes(app: OpenAPIHono<Guarded>, needs: BoardRoutesNeeds): void {
  const { guard } = needs
  const overseer = guard({ roles: OVERSEERS })

  app.openapi(
    createRoute({
      method: 'get',
      path: '/board',
      operationId: 'readBoard',
      summary: 'Agents, calls and waiting leads at this moment, and the figures of today',
      description:
        'A supervisor sees the own team, an admin all. Changes of agents and calls are signalled by the streams `users-state` and `active-calls`. Counts of leads and the figures of today may be 2 s old.',
      tags,
      security,
      middleware: overseer,
      request: { query: wire.BoardQuery },
      responses: { 200: json(wire.BoardJson, 'The board'), ...boardProblems },
    }),
    async (c) => {
      const { team: asked, time_zone: timeZone = needs.timeZone } = c.req.valid('query')
      const { scope, team } = boardScope(await needs.resolveActor(c.var.actor), asked)
      return c.json(wire.toBoardJson(await needs.board.read(scope, { team, timeZone }), team), 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/board/thresholds',
      operationId: 'readBoardThresholds',
      summary: 'From which values on a board warns; those of the own team, or of the board of all teams',
      tags,
      security,
      middleware: overseer,
      request: { query: wire.TeamQuery },
      responses: { ...versionedResponse(wire.ThresholdsJson, 'The thresholds'), ...boardProblems },
    }),
    async (c) => {
      const { team } = boardScope(await needs.resolveActor(c.var.actor), c.req.valid('query').team)
      const stored = await needs.thresholds.find(team)
      return sendVersioned(c, stored?.version, wire.toThresholdsJson(stored?.thresholds ?? NO_THRESHOLDS))
    },
  )
  app.openapi(
    createRoute({
      method: 'put',
      path: '/board/thresholds',
      operationId: 'setBoardThresholds',
      summary: 'Set from which values on the boards of a team warn',
      tags,
      security,
      middleware: [overseer, limitJsonBody],
      request: {
        query: wire.TeamQuery,
        headers: IfMatchHeaders,
        body: { required: true, ...jsonRequest(wire.ThresholdsJson, 'All thresholds') },
      },
      responses: {
        200: json(wire.ThresholdsJson, 'The thresholds'),
        ...boardProblems,
        412: problem('Another user has changed them since'),
      },
    }),
    async (c) => {
      const actor = await needs.resolveActor(c.var.actor)
      const { team } = boardScope(actor, c.req.valid('query').team)
      if (team === null && actor.role !== 'admin') {
        throw new Refusal('forbidden', { detail: 'Only admins set the thresholds of all teams' })
      }
      const thresholds = c.req.valid('json')
      requireOrdered(thresholds)
      const now = toUnixSeconds(needs.now())
      const saved = await ifMatch(c, (version) => needs.thresholds.save(team, thresholds, version, now))
      setVersionEtag(c, saved.version)
      return c.json(wire.toThresholdsJson(saved.thresholds), 200)
    },
  )
}
