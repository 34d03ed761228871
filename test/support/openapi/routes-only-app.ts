import { createApp } from '../../../api/http/app.ts'
import { type CrmNeeds, createCrm } from '../../../api/http/crm/routes.ts'
import { createGuard } from '../../../api/http/guard.ts'
import { createMikopbx } from '../../../api/http/mikopbx/routes.ts'
import { createOnboardingRoutes } from '../../../api/http/onboarding/routes.ts'
import { createSoftphone } from '../../../api/http/softphone/routes.ts'
import { createV1 } from '../../../api/http/v1/routes.ts'
import { createVoip } from '../../../api/http/voip/routes.ts'
import { createLog } from '../../../runtime/log.ts'
import type { Document } from './document.ts'

/** All surfaces as they are mounted, and nothing behind them: to be asked what routes there are. */
export function createFace() {
  const log = createLog('test', 'silent')
  const guard = createGuard({} as Parameters<typeof createGuard>[0]) // judges nobody here
  const needs = { guard, log, sessions: {}, history: { guard }, calls: { guard } }
  const door = () => async (_c: unknown, next: () => Promise<void>) => next()
  const room = { door }
  const rooms = ['auth', 'leads', 'agents', 'campaigns', 'calls', 'stats', 'webrtc', 'ai', 'webhooks']
  const crmNeeds = { ...Object.fromEntries(rooms.map((name) => [name, room])), log } as unknown as CrmNeeds // as above
  return createApp({
    softphone: createSoftphone(needs as unknown as Parameters<typeof createSoftphone>[0]), // never called, as below
    mikopbx: createMikopbx(needs as unknown as Parameters<typeof createMikopbx>[0]),
    v1: createV1(needs as unknown as Parameters<typeof createV1>[0]),
    voip: createVoip(needs as unknown as Parameters<typeof createVoip>[0]),
    onboarding: createOnboardingRoutes(needs as unknown as Parameters<typeof createOnboardingRoutes>[0]),
    crm: createCrm(crmNeeds),
    keyring: { all: () => [] },
    allowedOrigins: [],
    ready: () => ({ ready: true, revocationBoundMs: 0, revocationAgeMs: 0 }),
    pbx: () => 'none',
    log,
  })
}

export const documentOf = async (app: ReturnType<typeof createFace>): Promise<Document> =>
  (await (await app.request('/openapi.json')).json()) as Document // the tests judge it
