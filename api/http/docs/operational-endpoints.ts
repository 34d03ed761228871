import { z } from '@hono/zod-openapi'
import { json, noAuth, type OpenApiSection, withTag } from '../openapi.ts'
import { GateProblem, gateProblem } from './media-and-streams.ts'

const Jwk = z.object({
  kty: z.string(),
  crv: z.string(),
  x: z.string(),
  kid: z.string(),
  alg: z.string(),
  use: z.literal('sig'),
})
export const Readiness = z
  .object({
    ready: z.boolean(),
    revocation_bound_ms: z.number(),
    revocation_age_ms: z
      .number()
      .nullable()
      .openapi({ description: 'How old what is known of revocations is' }),
    pbx: z.enum(['online', 'away', 'none']).openapi({ description: 'No part of being ready' }),
  })
  .openapi('Ready')
const failureResponses = {
  400: gateProblem('A request that cannot be read'),
  503: gateProblem('The API is away: try again'),
}

/** What operators and other services ask. */
export const operationalOpenApi: OpenApiSection = {
  name: 'Operation',
  tags: [{ name: 'operation', description: 'How it fares, and its public keys.' }],
  operations: withTag('operation', '', [
    {
      method: 'get',
      path: '/health',
      operationId: 'health',
      summary: 'Whether the API answers',
      security: noAuth,
      responses: { 200: json(z.object({ status: z.literal('ok') }), 'It does'), ...failureResponses },
    },
    {
      method: 'get',
      path: '/ready',
      operationId: 'ready',
      summary: 'Whether tokens can be judged and issued now',
      security: noAuth,
      responses: {
        200: json(Readiness, 'They can'),
        ...failureResponses,
        503: {
          description: 'They cannot, or the API is away',
          content: {
            'application/json': { schema: Readiness },
            'application/problem+json': { schema: GateProblem },
          },
        },
      },
    },
    {
      method: 'get',
      path: '/.well-known/jwks.json',
      operationId: 'jwks',
      summary: 'The public keys (RFC 7517), where tokens are signed with EdDSA',
      security: noAuth,
      responses: {
        200: json(z.object({ keys: z.array(Jwk) }), 'The keys; HMAC has none'),
        ...failureResponses,
      },
    },
  ]),
}
