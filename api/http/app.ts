import type { OpenAPIHono } from '@hono/zod-openapi'
import { Hono } from 'hono'
import { cors } from 'hono/cors'
import { getPath } from 'hono/utils/url'
import { exportJWK } from 'jose'
import type { Keyring } from '../../contract/keys.ts'
import type { Logger } from '../../runtime/log.ts'
import { Refusal } from '../core/refusal.ts'
import { createOrigins } from '../core/values/origin.ts'
import { atMost } from './body-limit.ts'
import type { Known } from './crm/authorize.ts'
import { speech as crmSpeech } from './crm/errors.ts'
import { described as crmDescribed } from './crm/openapi.ts'
import { PREFIX as CRM, LEAD_LISTS } from './crm/wire.ts'
import { Ready } from './docs/operational-endpoints.ts'
import { createDocs } from './docs/routes.ts'
import { mustHaveChallenge, refuse, type Speech, type Wording } from './errors.ts'
import type { Guarded } from './guard.ts'
import { speech as mikopbxSpeech } from './mikopbx/errors.ts'
import { described as mikopbxDescribed } from './mikopbx/openapi.ts'
import { PREFIX as MIKOPBX } from './mikopbx/wire.ts'
import { speech as onboardingSpeech } from './onboarding/errors.ts'
import { described as onboardingDescribed } from './onboarding/openapi.ts'
import { PREFIXES as ONBOARDING } from './onboarding/wire.ts'
import { as } from './openapi.ts'
import { speech as softphoneSpeech } from './softphone/errors.ts'
import { described as softphoneDescribed } from './softphone/openapi.ts'
import { PREFIX as SOFTPHONE } from './softphone/wire.ts'
import { speech as v1Speech } from './v1/errors.ts'
import { describedBy } from './v1/openapi.ts'
import { PREFIX as V1 } from './v1/wire.ts'
import { speech as voipSpeech } from './voip/errors.ts'
import { described as voipDescribed } from './voip/openapi.ts'
import { PREFIXES as VOIP } from './voip/wire.ts'

export interface AppNeeds {
  softphone: Hono<Guarded>
  mikopbx: Hono<{ Variables: { wording: Wording } }>
  v1: OpenAPIHono<Guarded>
  voip?: Hono<Guarded>
  onboarding?: Hono<Guarded>
  crm?: Hono<Known>
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
  const app = new Hono({ getPath: pathWithColons })
  const origins = createOrigins(allowedOrigins)
  // The first, so that it also reaches what others answer: an address may hold a token or a ticket.
  app.use('*', async (c, next) => {
    await next()
    c.res.headers.set('Referrer-Policy', 'no-referrer')
  })
  // Pages of the same host send no preflight; other origins are named in the settings.
  app.use(
    '*',
    cors({
      origin: (origin) => (origins.isNamed(origin) ? origin : null),
      allowHeaders: [
        'Authorization',
        'Content-Type',
        'If-Match',
        'If-None-Match',
        'Idempotency-Key',
        'X-Call-Method',
      ],
      // What pages may read; nginx says the same on what it answers itself: see nginx/cors.conf.
      exposeHeaders: EXPOSED,
      maxAge: 600,
    }),
  )
  // Lists are larger, and read where it is known who sends them.
  app.use('*', (c, next) => (c.req.path === LEAD_LISTS ? next() : atMostUsual(c, next)))
  // Tokens and what they show are nobody's to keep, unless a route says otherwise (RFC 6749 §5.1).
  app.use('*', async (c, next) => {
    await next()
    if (!c.res.headers.has('Cache-Control')) c.res.headers.set('Cache-Control', 'no-store')
    if (c.res.status === 401) mustHaveChallenge(c.res.headers)
  })

  app.get('/health', (c) => c.json({ status: 'ok' }))
  app.get('/ready', (c) => {
    const state = ready()
    return c.json(
      as(Ready, {
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
  if (voip !== undefined) app.route('/', voip)
  if (onboarding !== undefined) app.route('/', onboarding)
  if (crm !== undefined) app.route('/', crm)
  app.route(
    '/',
    createDocs([
      describedBy(v1),
      softphoneDescribed,
      mikopbxDescribed,
      voipDescribed,
      onboardingDescribed,
      crmDescribed,
    ]),
  )

  const speechFor = (path: string) =>
    SPEECHES.find(([prefix]) => path === prefix || path.startsWith(`${prefix}/`))?.[1] ?? v1Speech
  app.notFound((c) => refuse(c, new Refusal('not_found'), speechFor(c.req.path), log))
  app.onError((err, c) => refuse(c, err, speechFor(c.req.path), log))
  return app
}

const EXPOSED = [
  'Accept-Ranges',
  'Content-Length',
  'Content-Range',
  'ETag',
  'Link',
  'Location',
  'Retry-After',
]
const atMostUsual = atMost(1_048_576)

/** A mounted app's own `notFound` never runs, so the prefix says whose words to use; our own otherwise. */
const SPEECHES: readonly (readonly [string, Speech])[] = [
  [SOFTPHONE, softphoneSpeech],
  [MIKOPBX, mikopbxSpeech],
  ...VOIP.map((prefix) => [prefix, voipSpeech] as const),
  ...ONBOARDING.map((prefix) => [prefix, onboardingSpeech] as const),
  [V1, v1Speech],
  // The last: others have places of their own below it.
  [CRM, crmSpeech],
]

/** MikoPBX's `auth:login` may come as `auth%3Alogin`; a router compares the text alone. */
function pathWithColons(req: Request): string {
  return getPath(req).replace(/%3a/gi, ':')
}
