import type { Hono } from 'hono'
import { buildIceServers, type IceSettings } from '../../core/provisioning/ice-servers.ts'
import type { WebrtcCredentials } from '../../core/provisioning/webrtc-credentials.ts'
import { typedAs } from '../openapi.ts'
import type { Authorize, CrmEnv } from './authorize.ts'
import * as wire from './webrtc-wire.ts'

export interface WebrtcRoutesNeeds {
  authorize: Authorize
  credentials: Pick<WebrtcCredentials, 'issue'>
  endpoint: wire.WebrtcEndpoint
  ice: IceSettings
}

/** "WebRTC Configuration". */
export function addWebrtcRoutes(
  app: Hono<CrmEnv>,
  { authorize, credentials, endpoint, ice }: WebrtcRoutesNeeds,
): void {
  app.get('/api/config/webrtc', authorize('crmWebrtc'), async (c) => {
    const issued = await credentials.issue(c.var.actor)
    const servers = buildIceServers(ice, { userId: c.var.actor.userId, expiresAt: issued.expiresAt })
    c.header('Cache-Control', 'no-store')
    return c.json(typedAs(wire.WebrtcConfigJson, wire.toWebrtcConfigJson(issued, endpoint, servers)))
  })
}
