import { createApp } from '../../../api/http/app.ts'
import { type CrmRoutesNeeds, createCrmRoutes } from '../../../api/http/crm/routes.ts'
import { createGuard } from '../../../api/http/guard.ts'
import { createMikopbxRoutes } from '../../../api/http/mikopbx/routes.ts'
import { createOnboardingRoutes } from '../../../api/http/onboarding/routes.ts'
import { createSoftphoneRoutes } from '../../../api/http/softphone/routes.ts'
import { createV1Routes } from '../../../api/http/v1/routes.ts'
import { createVoipRoutes } from '../../../api/http/voip/routes.ts'
import { createLog } from '../../../runtime/log.ts'
import type { OpenApiDocument } from './document.ts'

/** All surfaces as they are mounted, and nothing behind them: to be asked what routes there are. */
export function createRoutesOnlyApp() {
  const log = createLog('test', 'silent')
  const guard = createGuard({} as Parameters<typeof createGuard>[0]) // never called
  const needs = {
    guard,
    log,
    sessions: {},
    history: { guard },
    calls: { guard },
    phone: { guard },
    personal: { guard },
    factors: { signIn: {}, own: { guard } },
    callCenter: {},
  }
  const authorize = () => async (_c: unknown, next: () => Promise<void>) => next()
  const room = { authorize }
  const rooms = ['auth', 'leads', 'agents', 'campaigns', 'calls', 'stats', 'webrtc', 'ai', 'webhooks']
  const crmNeeds = {
    ...Object.fromEntries(rooms.map((name) => [name, room])),
    log,
  } as unknown as CrmRoutesNeeds // as above
  return createApp({
    softphone: createSoftphoneRoutes(needs as unknown as Parameters<typeof createSoftphoneRoutes>[0]), // never called, as below
    mikopbx: createMikopbxRoutes(needs as unknown as Parameters<typeof createMikopbxRoutes>[0]),
    v1: createV1Routes(needs as unknown as Parameters<typeof createV1Routes>[0]),
    voip: createVoipRoutes(needs as unknown as Parameters<typeof createVoipRoutes>[0]),
    onboarding: createOnboardingRoutes(needs as unknown as Parameters<typeof createOnboardingRoutes>[0]),
    crm: createCrmRoutes(crmNeeds),
    keyring: { all: () => [] },
    allowedOrigins: [],
    ready: () => ({ ready: true, revocationBoundMs: 0, revocationAgeMs: 0 }),
    pbx: () => 'none',
    log,
  })
}

export const documentOf = async (app: ReturnType<typeof createRoutesOnlyApp>): Promise<OpenApiDocument> =>
  (await (await app.request('/openapi.json')).json()) as OpenApiDocument // the tests judge it
