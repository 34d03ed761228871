import type { OpenAPIHono } from '@hono/zod-openapi'
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { getPath } from 'hono/utils/url'
import { exportJWK } from 'jose'
import type { Keyring } from '../../contract/keys.ts'
import type { Logger } from '../../runtime/log.ts'
import { Refusal } from '../core/refusal.ts'
import { createOriginPolicy } from '../core/values/origin.ts'
import { maxBodySize } from './body-limit.ts'
import type { CrmEnv } from './crm/authorize.ts'
import { crmErrorFormat } from './crm/errors.ts'
import { crmSection } from './crm/openapi.ts'
import { PREFIX as CRM, LEAD_IMPORT_PATH } from './crm/wire.ts'
import { Readiness } from './docs/operational-endpoints.ts'
import { createDocsRoutes } from './docs/routes.ts'
import { type ErrorFormat, type ErrorOverrides, ensureChallenge, sendError } from './errors.ts'
import type { Guarded } from './guard.ts'
import { mikopbxErrorFormat } from './mikopbx/errors.ts'
import { mikopbxOpenApi } from './mikopbx/openapi.ts'
import { PREFIX as MIKOPBX } from './mikopbx/wire.ts'
import { onboardingErrorFormat } from './onboarding/errors.ts'
import { onboardingSection } from './onboarding/routes.ts'
import { PREFIXES as ONBOARDING } from './onboarding/wire.ts'
import { typedAs } from './openapi.ts'
import { softphoneErrorFormat } from './softphone/errors.ts'
import { softphoneOpenApi } from './softphone/openapi.ts'
import { PREFIX as SOFTPHONE } from './softphone/wire.ts'
import { v1ErrorFormat } from './v1/errors.ts'
import { v1OpenApi } from './v1/openapi.ts'
import { PREFIX as V1 } from './v1/wire.ts'
import { voipErrorFormat } from './voip/errors.ts'
import { voipOpenApi } from './voip/openapi.ts'
import { PREFIXES as VOIP } from './voip/wire.ts'

export interface AppNeeds {
  softphone: Hono<Guarded>
  mikopbx: Hono<{ Variables: { errorOverrides: ErrorOverrides } }>
  v1: OpenAPIHono<Guarded>
  voip: Hono<Guarded>
  onboarding: OpenAPIHono<Guarded>
  crm: OpenAPIHono<CrmEnv>
  keyring: Pick<Keyring, 'all'>
  /** Other origins whose pages may ask, as the settings have them. */
  allowedOrigins: readonly string[]
  /** Whether tokens can be judged and issued now. */
  ready: () => { ready: boolean; revocationBoundMs: number; revocationAgeMs: number | null }
  /** The PBX is no part of being ready: sessions go on without it. */
  pbx: () => 'online' | 'away' | 'none'
  log: Logger
}

/** Mounts the dialects; answers what belongs to none of them, in the words of the path's prefix. */
export function createApp({
  softphone,
  mikopbx,
  v1,
  voip,
  onboarding,
  crm,
  keyring,
  allowedOrigins,
  ready,
  pbx,
  log,
}: AppNeeds): Hono {
  const app = new Hono({ getPath: decodeColons })
  const origins = createOriginPolicy(allowedOrigins)
  // The first, so that it also reaches what others answer: an address may hold a token or a ticket.
  app.use('*', async (c, next) => {
    await next()
    c.res.headers.set('Referrer-Policy', 'no-referrer')
  })
  // Pages of the same host send no preflight; other origins are named in the settings.
  app.use(
    '*',
    cors({
      origin: (origin) => (origins.isAllowed(origin) ? origin : null),
      allowHeaders: [
        'Authorization',
        'Content-Type',
        'If-Match',
        'If-None-Match',
        'Idempotency-Key',
        'X-Call-Method',
      ],
      // What pages may read; nginx says the same on what it answers itself: see nginx/cors.conf.
      exposeHeaders: EXPOSED_HEADERS,
      maxAge: 600,
    }),
  )
  // Lists are larger, and read where it is known who sends them.
  app.use('*', (c, next) => (c.req.path === LEAD_IMPORT_PATH ? next() : defaultBodyLimit(c, next)))
  // Tokens and what they show are nobody's to keep, unless a route says otherwise (RFC 6749 §5.1).
  app.use('*', async (c, next) => {
    await next()
    if (!c.res.headers.has('Cache-Control')) c.res.headers.set('Cache-Control', 'no-store')
    if (c.res.status === 401) ensureChallenge(c.res.headers)
  })

  app.get('/health', (c) => c.json({ status: 'ok' }))
  app.get('/ready', (c) => {
    const state = ready()
    return c.json(
      typedAs(Readiness, {
        ready: state.ready,
        revocation_bound_ms: state.revocationBoundMs,
        revocation_age_ms: state.revocationAgeMs,
        pbx: pbx(),
      }),
      state.ready ? 200 : 503,
    )
  })
  /** RFC 7517: the public keys, for services that verify our tokens by themselves. HMAC has none. */
  app.get('/.well-known/jwks.json', async (c) => {
    const keys = keyring.all().filter((key) => key.alg === 'EdDSA')
    const published = await Promise.all(
      keys.map(async ({ kid, alg, key }) => ({ ...(await exportJWK(key)), kid, alg, use: 'sig' })),
    )
    return c.json({ keys: published }, 200, { 'Cache-Control': 'public, max-age=60' })
  })

  app.route(SOFTPHONE, softphone)
  app.route(MIKOPBX, mikopbx)
  app.route(V1, v1)
  app.route('/', voip)
  app.route('/', onboarding)
  app.route('/', crm)
  app.route(
    '/',
    createDocsRoutes([
      v1OpenApi(v1),
      softphoneOpenApi,
      mikopbxOpenApi,
      voipOpenApi,
      onboardingSection(onboarding),
      crmSection(crm),
    ]),
  )

  const errorFormatFor = (path: string) =>
    ERROR_FORMATS.find(([prefix]) => path === prefix || path.startsWith(`${prefix}/`))?.[1] ?? v1ErrorFormat
  app.notFound((c) => sendError(c, new Refusal('not_found'), errorFormatFor(c.req.path), log))
  app.onError((err, c) => sendError(c, err, errorFormatFor(c.req.path), log))
  return app
}

const EXPOSED_HEADERS = [
  'Accept-Ranges',
  'Content-Length',
  'Content-Range',
  'ETag',
  'Link',
  'Location',
  'Retry-After',
]
const defaultBodyLimit = maxBodySize(1_048_576)

/** A mounted app's own `notFound` never runs, so the prefix says whose words to use; our own otherwise. */
const ERROR_FORMATS: readonly (readonly [string, ErrorFormat])[] = [
  [SOFTPHONE, softphoneErrorFormat],
  [MIKOPBX, mikopbxErrorFormat],
  ...VOIP.map((prefix) => [prefix, voipErrorFormat] as const),
  ...ONBOARDING.map((prefix) => [prefix, onboardingErrorFormat] as const),
  [V1, v1ErrorFormat],
  // The last: others have places of their own below it.
  [CRM, crmErrorFormat],
]

/** MikoPBX's `auth:login` may come as `auth%3Alogin`; a router compares the text alone. */
function decodeColons(req: Request): string {
  return getPath(req).replace(/%3a/gi, ':')
}
