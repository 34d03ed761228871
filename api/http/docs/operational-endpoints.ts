import { z } from '@hono/zod-openapi'
import { json, open, type Surface, under } from '../openapi.ts'
import { Problem, problem } from './media-and-streams.ts'

const Key = z.object({
  kty: z.string(),
  crv: z.string(),
  x: z.string(),
  kid: z.string(),
  alg: z.string(),
  use: z.literal('sig'),
})
export const Ready = z
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
const failing = {
  400: problem('A request that cannot be read'),
  503: problem('The API is away: try again'),
}

/** What operators and other services ask. */
export const operation: Surface = {
  name: 'Operation',
  tags: [{ name: 'operation', description: 'How it fares, and its public keys.' }],
  operations: under('operation', '', [
    {
      method: 'get',
      path: '/health',
      operationId: 'health',
      summary: 'Whether the API answers',
      security: open,
      responses: { 200: json(z.object({ status: z.literal('ok') }), 'It does'), ...failing },
    },
    {
      method: 'get',
      path: '/ready',
      operationId: 'ready',
      summary: 'Whether tokens can be judged and issued now',
      security: open,
      responses: {
        200: json(Ready, 'They can'),
        ...failing,
        503: {
          description: 'They cannot, or the API is away',
          content: { 'application/json': { schema: Ready }, 'application/problem+json': { schema: Problem } },
        },
      },
    },
    {
      method: 'get',
      path: '/.well-known/jwks.json',
      operationId: 'jwks',
      summary: 'The public keys (RFC 7517), where tokens are signed with EdDSA',
      security: open,
      responses: { 200: json(z.object({ keys: z.array(Key) }), 'The keys; HMAC has none'), ...failing },
    },
  ]),
}
