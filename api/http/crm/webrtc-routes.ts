import type { OpenAPIHono } from '@hono/zod-openapi'
import { buildIceServers, type IceSettings } from '../../core/provisioning/ice-servers.ts'
import type { WebrtcCredentials } from '../../core/provisioning/webrtc-credentials.ts'
import { json } from '../openapi.ts'
import type { Authorize, CrmEnv } from './authorize.ts'
import { guardedErrors } from './errors.ts'
import { guardedRoutes } from './guarded-routes.ts'
import * as wire from './webrtc-wire.ts'
import { WebrtcConfigJson } from './webrtc-wire.ts'

export interface WebrtcRoutesNeeds {
  authorize: Authorize
  credentials: Pick<WebrtcCredentials, 'issue'>
  endpoint: wire.WebrtcEndpoint
  ice: IceSettings
}

/** "WebRTC Configuration". */
export function addWebrtcRoutes(
  app: OpenAPIHono<CrmEnv>,
  { authorize, credentials, endpoint, ice }: WebrtcRoutesNeeds,
): void {
  const addGuarded = guardedRoutes(app, authorize, 'Call centre: browser phones')
  addGuarded(
    {
      method: 'get',
      path: '/api/config/webrtc',
      operationId: 'crmWebrtc',
      summary: 'Get SIP credentials for a browser',
      description:
        'Each request lends others, good for a while and no longer than the session; the desk phone’s own stay as they are. At most three are lent for an extension, the oldest makes room. Needs extensions that are made through ARI (HOOKSWITCH_PROVISIONER=asterisk): elsewhere it is 501, and `GET /sip/credentials` has what the phone registers with.',
      responses: {
        200: json(WebrtcConfigJson, 'What a browser registers with'),
        ...guardedErrors('conflict', 'not_supported'),
      },
    },
    async (c) => {
      const issued = await credentials.issue(c.var.actor)
      const servers = buildIceServers(ice, { userId: c.var.actor.userId, expiresAt: issued.expiresAt })
      c.header('Cache-Control', 'no-store')
      return c.json(wire.toWebrtcConfigJson(issued, endpoint, servers), 200)
    },
  )
}
