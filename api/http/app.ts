import type { OpenAPIHono } from '@hono/zod-openapi'
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { getPath } from 'hono/utils/url'
import type { Logger } from '../../runtime/log.ts'
import { Refusal } from '../core/refusal.ts'
import { createOriginPolicy } from '../core/values/origin.ts'
import { maxBodySize } from './body-limit.ts'
import type { CrmEnv } from './crm/authorize.ts'
import { crmErrorFormat } from './crm/errors.ts'
import { crmSection } from './crm/openapi.ts'
import { PREFIX as CRM, LEAD_IMPORT_PATH } from './crm/wire.ts'
import { mediaAndStreamsSection } from './docs/media-and-streams.ts'
import { createDocsRoutes } from './docs/routes.ts'
import { type ErrorFormat, ensureChallenge, sendError } from './errors.ts'
import type { Guarded } from './guard.ts'
import { mikopbxErrorFormat } from './mikopbx/errors.ts'
import { type MikopbxEnv, mikopbxSection } from './mikopbx/routes.ts'
import { PREFIX as MIKOPBX } from './mikopbx/wire.ts'
import { onboardingErrorFormat } from './onboarding/errors.ts'
import { onboardingSection } from './onboarding/routes.ts'
import { PREFIXES as ONBOARDING } from './onboarding/wire.ts'
import {
  createOperationalRoutes,
  type OperationalRoutesNeeds,
  operationalSection,
} from './operational-routes.ts'
import { softphoneErrorFormat } from './softphone/errors.ts'
import { softphoneSection } from './softphone/routes.ts'
import { PREFIX as SOFTPHONE } from './softphone/wire.ts'
import { v1ErrorFormat } from './v1/errors.ts'
import { LEAD_IMPORTS_PATH } from './v1/lead-import-wire.ts'
import { v1Section } from './v1/routes.ts'
import { PREFIX as V1 } from './v1/wire.ts'
import { voipErrorFormat } from './voip/errors.ts'
import { voipSection } from './voip/routes.ts'
import { PREFIXES as VOIP } from './voip/wire.ts'

export interface AppNeeds extends OperationalRoutesNeeds {
  softphone: OpenAPIHono<Guarded>
  mikopbx: OpenAPIHono<MikopbxEnv>
  v1: OpenAPIHono<Guarded>
  voip: OpenAPIHono<Guarded>
  onboarding: OpenAPIHono<Guarded>
  crm: OpenAPIHono<CrmEnv>
  /** Other origins that the settings allow to call this API from a page. */
  allowedOrigins: readonly string[]
  log: Logger
}

/** Mounts the surfaces. Errors and unknown paths are answered in the format of the surface that owns the prefix. */
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
  // Headers of every response. They are set before the route answers: to add one to a response, the server would have to
  // build whole Request and Response objects, which takes longer than most routes.
  app.use('*', async (c, next) => {
    // A URL may hold a token or a ticket.
    c.header('Referrer-Policy', 'no-referrer')
    // Responses with tokens or user data must not be cached, unless a route sets its own header (RFC 6749 §5.1).
    c.header('Cache-Control', 'no-store')
    await next()
    if (c.res.status === 401) ensureChallenge(c.res.headers)
  })
  // Pages of the same host send no preflight; the settings list other origins.
  const allowOrigins = cors({
    origin: (origin) => (origins.isAllowed(origin) ? origin : null),
    allowHeaders: [
      'Authorization',
      'Content-Type',
      'If-Match',
      'If-None-Match',
      'Idempotency-Key',
      'X-Call-Method',
    ],
    // What pages may read; nginx sends the same list with its own responses: see nginx/cors.conf.
    exposeHeaders: EXPOSED_HEADERS,
    maxAge: 600,
  })
  app.use('*', (c, next) => {
    if (c.req.header('origin') !== undefined || c.req.method === 'OPTIONS') return allowOrigins(c, next)
    c.header('Vary', 'Origin')
    return next()
  })
  // A lead import may be larger; its route limits it after it has authenticated the client.
  app.use('*', (c, next) => (LEAD_IMPORT_PATHS.has(c.req.path) ? next() : defaultBodyLimit(c, next)))

  const operational = createOperationalRoutes({ keyring, ready, pbx })
  app.route('/', operational)
  app.route(SOFTPHONE, softphone)
  app.route(MIKOPBX, mikopbx)
  app.route(V1, v1)
  app.route('/', voip)
  app.route('/', onboarding)
  app.route('/', crm)
  app.route(
    '/',
    createDocsRoutes([
      v1Section(v1),
      softphoneSection(softphone),
      mikopbxSection(mikopbx),
      voipSection(voip),
      onboardingSection(onboarding),
      crmSection(crm),
      mediaAndStreamsSection,
      operationalSection(operational),
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
const LEAD_IMPORT_PATHS: ReadonlySet<string> = new Set([LEAD_IMPORT_PATH, `${V1}${LEAD_IMPORTS_PATH}`])
const defaultBodyLimit = maxBodySize(1_048_576)

/** Hono never runs the `notFound` of a mounted app, so the path's prefix selects the format; v1's is the default. */
const ERROR_FORMATS: readonly (readonly [string, ErrorFormat])[] = [
  [SOFTPHONE, softphoneErrorFormat],
  [MIKOPBX, mikopbxErrorFormat],
  ...VOIP.map((prefix) => [prefix, voipErrorFormat] as const),
  ...ONBOARDING.map((prefix) => [prefix, onboardingErrorFormat] as const),
  [V1, v1ErrorFormat],
  // Must be last: prefixes of other surfaces begin with it.
  [CRM, crmErrorFormat],
]

/** Clients may send MikoPBX's `auth:login` as `auth%3Alogin`, and the router compares undecoded text. */
function decodeColons(req: Request): string {
  return getPath(req).replace(/%3a/gi, ':')
}
