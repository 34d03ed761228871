import type { Context, Hono } from 'hono'
import type { Actor } from '../../../api/core/actor.ts'
import { Refusal } from '../../../api/core/refusal.ts'
import { createApp } from '../../../api/http/app.ts'
import { createAuthorize } from '../../../api/http/crm/authorize.ts'
import { type CrmRoutesNeeds, createCrmRoutes } from '../../../api/http/crm/routes.ts'
import type { Guard } from '../../../api/http/guard.ts'
import { createMikopbxRoutes } from '../../../api/http/mikopbx/routes.ts'
import { createOnboardingRoutes } from '../../../api/http/onboarding/routes.ts'
import { createSoftphoneRoutes } from '../../../api/http/softphone/routes.ts'
import { createV1Routes } from '../../../api/http/v1/routes.ts'
import { createVoipRoutes } from '../../../api/http/voip/routes.ts'
import type { TokenVerifier } from '../../../contract/verdict.ts'
import type { Logger } from '../../../runtime/log.ts'

const actor = { userId: '1', sessionId: 's', claims: { role: 'admin', extension: '1001' } } as Actor // no other member is read

/** A service on which every method fails as unavailable, which each surface answers with 503. */
const unavailable: unknown = new Proxy(() => {}, {
  get: (_, name) => (name === 'then' ? undefined : unavailable),
  apply() {
    throw new Refusal('unavailable')
  },
})
const unavailableExcept = <T>(own: object): T =>
  new Proxy(own, { get: (_, name) => (name in own ? own[name as keyof typeof own] : unavailable) }) as T // a proxy has any type

/**
 * All surfaces as they are mounted. Every client has all permissions, unless the real guard is given, and every service is
 * unavailable, so that a request ends with 503 once its body was accepted.
 */
export function createUnavailableApp(real?: { guard: Guard; tokenVerifier: TokenVerifier }): {
  app: Hono
  takeErrors(): unknown[]
} {
  const loggedErrors: unknown[] = []
  const log = new Proxy({} as Logger, {
    get: (_, level) => (about: { err?: unknown }) => {
      if (level === 'error') loggedErrors.push((about.err as Error).stack)
    },
  })
  const allowAll: Guard =
    ({ errorOverrides = {} } = {}) =>
    async (c, next) => {
      c.set('errorOverrides', errorOverrides)
      c.set('actor', actor)
      await next()
    }
  const guard = real?.guard ?? allowAll
  const authorizeAll = () => async (c: Context, next: () => Promise<void>) => {
    c.set('actor', actor)
    c.set('callCenterActor', { role: 'admin', agent: { id: '1' }, scope: { sees: 'all' } })
    await next()
  }
  const authorize = real ? createAuthorize(real.guard, async () => unavailable as never) : authorizeAll
  const verifier = real ? { tokenVerifier: real.tokenVerifier } : {}
  const consume = async () => {}
  const needs = <T>(more: object = {}) => unavailableExcept<T>({ guard, log, ...verifier, ...more })
  const room = needs<never>({ authorize })
  const crm = unavailableExcept<CrmRoutesNeeds>({
    ...Object.fromEntries(
      ['auth', 'leads', 'agents', 'campaigns', 'calls', 'stats', 'webrtc', 'ai', 'webhooks'].map((name) => [
        name,
        room,
      ]),
    ),
    log,
  })
  // Services that the surface copies by spreading its needs.
  const voip = Object.fromEntries(
    ['login', 'selfRegistration', 'sessions', 'users', 'calls', 'history', 'directory'].map((name) => [
      name,
      unavailable,
    ]),
  )
  const topics = [
    'users',
    'factors',
    'accountImports',
    'passwordAuthority',
    'invitations',
    'doNotCall',
    'provisioning',
    'securityLog',
    'system',
    'webhooks',
    'serviceTokens',
  ]
  const services = [
    'serviceTokens',
    'users',
    'resetFactors',
    'activityOf',
    'accountAdmin',
    'passwordAuthorities',
    'invitations',
    'linkOf',
    'doNotCall',
    'jobs',
  ]
  const topic = Object.fromEntries(
    [...services, 'webhooks', 'imports', 'sources', 'events', 'recorder', 'status', 'policy', 'keys'].map(
      (name) => [name, unavailable],
    ),
  )
  const administration = Object.fromEntries(topics.map((name) => [name, topic]))
  const factors = { signIn: needs(), own: needs() }
  const callCenterServices = {
    ai: ['versions'],
    board: ['board', 'thresholds', 'figures', 'wallboards', 'linkOf'],
    desk: ['desk', 'texts', 'callbacks'],
    campaigns: ['campaigns', 'readinessOf', 'outcomesOf'],
    leads: ['leads', 'bulk', 'calls', 'reachOf', 'policy', 'imports', 'undo'],
  }
  const callCenter = Object.fromEntries(
    Object.entries(callCenterServices).map(([part, names]) => [
      part,
      Object.fromEntries(['resolveActor', ...names].map((name) => [name, unavailable])),
    ]),
  )
  const otherSignIns = {
    ...Object.fromEntries(
      ['providerSignIn', 'backChannelLogout', 'deviceGrants'].map((name) => [name, unavailable]),
    ),
    verificationUri: 'https://voice.example.org/console/device',
  }
  const app = createApp({
    softphone: createSoftphoneRoutes(needs()),
    mikopbx: createMikopbxRoutes(needs({ allowedOrigins: [] })),
    v1: createV1Routes(
      needs({
        ...{ history: needs(), calls: needs(), phone: needs(), personal: needs() },
        ...{ administration, callCenter, factors, otherSignIns },
      }),
    ),
    voip: createVoipRoutes(needs({ registration: 'open', registerThrottle: { consume }, ...voip })),
    onboarding: createOnboardingRoutes(needs()),
    crm: createCrmRoutes(crm),
    keyring: { all: () => [] },
    allowedOrigins: [],
    ready: () => ({ ready: true, revocationBoundMs: 0, revocationAgeMs: 0 }),
    pbx: () => 'none',
    log,
  })
  return { app, takeErrors: () => loggedErrors.splice(0) }
}
