import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi'
import { exportJWK } from 'jose'
import type { Keyring } from '../../contract/keyring.ts'
import { addRoute } from './add-route.ts'
import { GateProblem, gateProblem } from './docs/media-and-streams.ts'
import { json, noAuth, type OpenApiSection, sectionOf } from './openapi.ts'

export interface OperationalRoutesNeeds {
  keyring: Pick<Keyring, 'all'>
  /** Whether tokens can be verified and issued now. */
  ready: () => { ready: boolean; revocationBoundMs: number; revocationAgeMs: number | null }
  /** Not a condition of `ready`: sessions work without the PBX. */
  pbx: () => 'online' | 'away' | 'none'
}

const Jwk = z.object({
  kty: z.string(),
  crv: z.string(),
  x: z.string(),
  kid: z.string(),
  alg: z.string(),
  use: z.literal('sig'),
})
const Readiness = z
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
/** nginx answers these. */
const failureResponses = {
  400: gateProblem('A request that cannot be read'),
  503: gateProblem('The API is away: try again'),
}

/** Health, readiness and public keys, for operators and other services. */
export function createOperationalRoutes({ keyring, ready, pbx }: OperationalRoutesNeeds): OpenAPIHono {
  const app = new OpenAPIHono()

  addRoute(
    app,
    createRoute({
      method: 'get',
      path: '/health',
      operationId: 'health',
      summary: 'Whether the API answers',
      security: noAuth,
      responses: { 200: json(z.object({ status: z.literal('ok') }), 'It does'), ...failureResponses },
    }),
    (c) => c.json({ status: 'ok' as const }, 200),
  )
  addRoute(
    app,
    createRoute({
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
    }),
    (c) => {
      const state = ready()
      return c.json(
        {
          ready: state.ready,
          revocation_bound_ms: state.revocationBoundMs,
          revocation_age_ms: state.revocationAgeMs,
          pbx: pbx(),
        },
        state.ready ? 200 : 503,
      )
    },
  )
  // RFC 7517: for services that verify our tokens themselves. HMAC has no public keys.
  addRoute(
    app,
    createRoute({
      method: 'get',
      path: '/.well-known/jwks.json',
      operationId: 'jwks',
      summary: 'The public keys (RFC 7517), where tokens are signed with EdDSA',
      security: noAuth,
      responses: {
        200: json(z.object({ keys: z.array(Jwk) }), 'The keys; HMAC has none'),
        ...failureResponses,
      },
    }),
    async (c) => {
      const keys = keyring.all().filter((key) => key.alg === 'EdDSA')
      const published = await Promise.all(
        keys.map(async ({ kid, alg, key }) => {
          const jwk = await exportJWK(key)
          return { ...jwk, kid, alg, use: 'sig' } as z.infer<typeof Jwk> // RFC 8037: an EdDSA key has kty, crv and x
        }),
      )
      return c.json({ keys: published }, 200, { 'Cache-Control': 'public, max-age=60' })
    },
  )
  return app
}

/** These routes in the document. */
export const operationalSection = (app: OpenAPIHono): OpenApiSection =>
  sectionOf(app, {
    name: 'Operation',
    tags: [{ name: 'operation', description: 'How it fares, and its public keys.' }],
  })
