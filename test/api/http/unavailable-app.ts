import type { Context, Hono } from 'hono'
import type { Actor } from '../../../api/core/actor.ts'
import { Refusal } from '../../../api/core/refusal.ts'
import { createApp } from '../../../api/http/app.ts'
import { type CrmNeeds, createCrm } from '../../../api/http/crm/routes.ts'
import type { Guard } from '../../../api/http/guard.ts'
import { createMikopbx } from '../../../api/http/mikopbx/routes.ts'
import { createOnboardingRoutes } from '../../../api/http/onboarding/routes.ts'
import { createSoftphone } from '../../../api/http/softphone/routes.ts'
import { createV1 } from '../../../api/http/v1/routes.ts'
import { createVoip } from '../../../api/http/voip/routes.ts'
import type { Logger } from '../../../runtime/log.ts'

const actor = { userId: '1', sessionId: 's', claims: { role: 'admin', extension: '1001' } } as Actor // no more is read

/** Anything at all: what is called is away, which every surface answers with 503. */
const away: unknown = new Proxy(() => {}, {
  get: (_, name) => (name === 'then' ? undefined : away),
  apply() {
    throw new Refusal('unavailable')
  },
})
const allAway = <T>(own: object): T =>
  new Proxy(own, { get: (_, name) => (name in own ? own[name as keyof typeof own] : away) }) as T // whatever it is

/**
 * All surfaces as they are mounted. Every caller may do everything, and every service is away, so that a request
 * ends with 503 once its body has been taken.
 */
export function createHostileFace(): { app: Hono; faults(): unknown[] } {
  const found: unknown[] = []
  const log = new Proxy({} as Logger, {
    get: (_, level) => (about: { err?: unknown }) => {
      if (level === 'error') found.push((about.err as Error).stack)
    },
  })
  const guard: Guard =
    ({ wording = {} } = {}) =>
    async (c, next) => {
      c.set('wording', wording)
      c.set('actor', actor)
      await next()
    }
  const door = () => async (c: Context, next: () => Promise<void>) => {
    c.set('actor', actor)
    c.set('standing', { role: 'admin', agent: { id: '1' }, scope: { sees: 'all' } })
    await next()
  }
  const takeAddress = async () => {}
  const needs = <T>(more: object = {}) => allAway<T>({ guard, log, ...more })
  const room = needs<never>({ door })
  const crm = allAway<CrmNeeds>({
    ...Object.fromEntries(
      ['auth', 'leads', 'agents', 'campaigns', 'calls', 'stats', 'webrtc', 'ai', 'webhooks'].map((name) => [
        name,
        room,
      ]),
    ),
    log,
  })
  // What the surface hands on by spreading what it needs.
  const voip = Object.fromEntries(
    ['sessions', 'users', 'calls', 'history', 'directory', 'snapshots', 'logins'].map((name) => [name, away]),
  )
  const app = createApp({
    softphone: createSoftphone(needs()),
    mikopbx: createMikopbx(needs({ allowedOrigins: [] })),
    v1: createV1(needs({ history: needs(), calls: needs() })),
    voip: createVoip(needs({ registration: 'open', registerThrottle: { takeAddress }, ...voip })),
    onboarding: createOnboardingRoutes(needs()),
    crm: createCrm(crm),
    keyring: { all: () => [] },
    allowedOrigins: [],
    ready: () => ({ ready: true, revocationBoundMs: 0, revocationAgeMs: 0 }),
    pbx: () => 'none',
    log,
  })
  return { app, faults: () => found.splice(0) }
}
