import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import type { ServiceTokens } from '../../core/auth/service-tokens.ts'
import type { Guard, Guarded } from '../guard.ts'
import { limitJsonBody } from '../json-body.ts'
import { actedBy } from './acted-by.ts'
import { ListQuery } from './paging.ts'
import { adminProblems, json, jsonRequest, problem, security } from './responses.ts'
import * as wire from './service-token-wire.ts'
import { PREFIX } from './wire.ts'

export interface ServiceTokenRoutesNeeds {
  guard: Guard
  serviceTokens: ServiceTokens
}

const tags = ['service tokens']
const notFound = problem('No such service token')

/** Tokens of programs. A service token itself opens none of these routes, so that it can make no other. */
export function addServiceTokenRoutes(app: OpenAPIHono<Guarded>, needs: ServiceTokenRoutesNeeds): void {
  const { serviceTokens } = needs
  const admin = needs.guard({ roles: ['admin'] })

  app.openapi(
    createRoute({
      method: 'get',
      path: '/service-tokens',
      operationId: 'listServiceTokens',
      summary: 'Tokens of programs, the newest first, without their secrets (admin)',
      tags,
      security,
      middleware: admin,
      request: { query: ListQuery },
      responses: { 200: json(wire.ServiceTokenListJson, 'A page of them'), ...adminProblems },
    }),
    async (c) => {
      const { limit, cursor } = c.req.valid('query')
      const after = wire.readServiceTokenCursor(cursor)
      const { tokens, total } = await serviceTokens.list({ limit, ...(after && { after }) })
      return c.json(
        {
          service_tokens: tokens.map((one) => wire.toServiceTokenJson(one, serviceTokens.stateOf)),
          next_cursor: wire.toServiceTokenCursor(tokens, limit),
          total,
        },
        200,
      )
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/service-tokens',
      operationId: 'createServiceToken',
      summary: 'Make a token for a program; it is shown once (admin)',
      tags,
      security,
      middleware: [admin, limitJsonBody],
      request: { body: { required: true, ...jsonRequest(wire.NewServiceTokenBody, 'What it may do') } },
      responses: {
        201: {
          ...json(wire.NewServiceTokenJson, 'The token with its secret'),
          headers: { Location: { schema: { type: 'string' }, description: 'Path of the token' } },
        },
        ...adminProblems,
        409: problem('There are too many tokens'),
      },
    }),
    async (c) => {
      const { token, text } = await serviceTokens.create(
        wire.toNewServiceToken(c.req.valid('json')),
        actedBy(c),
      )
      return c.json({ ...wire.toServiceTokenJson(token, serviceTokens.stateOf), token: text }, 201, {
        Location: `${PREFIX}/service-tokens/${token.id}`,
        'Cache-Control': 'no-store',
      })
    },
  )
  app.openapi(
    createRoute({
      method: 'get',
      path: '/service-tokens/{tokenId}',
      operationId: 'findServiceToken',
      summary: 'One token of a program, without its secret (admin)',
      tags,
      security,
      middleware: admin,
      request: { params: wire.ServiceTokenParams },
      responses: { 200: json(wire.ServiceTokenJson, 'The token'), ...adminProblems, 404: notFound },
    }),
    async (c) =>
      c.json(
        wire.toServiceTokenJson(
          await serviceTokens.find(c.req.valid('param').tokenId),
          serviceTokens.stateOf,
        ),
        200,
      ),
  )
  app.openapi(
    createRoute({
      method: 'delete',
      path: '/service-tokens/{tokenId}',
      operationId: 'revokeServiceToken',
      summary: 'Revoke the token of a program: within a second it opens nothing, and its streams end (admin)',
      tags,
      security,
      middleware: admin,
      request: { params: wire.ServiceTokenParams },
      responses: { 204: { description: 'Revoked' }, ...adminProblems, 404: notFound },
    }),
    async (c) => {
      await serviceTokens.revoke(c.req.valid('param').tokenId, actedBy(c))
      return c.body(null, 204)
    },
  )
}
