import type { OpenAPIHono } from '@hono/zod-openapi'
import { buildIceServers, type IceSettings } from '../../core/provisioning/ice-servers.ts'
import type { WebrtcCredentials } from '../../core/provisioning/webrtc-credentials.ts'
import { json } from '../openapi.ts'
import { toAbsoluteWebSocketUrl } from '../websocket-url.ts'
import type { Authorize, CrmEnv } from './authorize.ts'
import { guardedErrors } from './errors.ts'
import { guardedRoutes } from './guarded-routes.ts'
import * as wire from './webrtc-wire.ts'

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
        'Each request issues new credentials, valid for a limited time and at most until the session ends; they are for the endpoint of the extension’s browsers, which rings together with the desk phone and dials no number: `POST /api/v1/calls` does. An extension has at most three at a time: a fourth request revokes the oldest. Needs extensions that are provisioned through ARI (HOOKSWITCH_PROVISIONER=asterisk); otherwise the answer is 501, and `GET /sip/credentials` has the credentials of the phone.',
      responses: {
        200: json(wire.WebrtcConfigJson, 'Credentials and servers for a browser phone'),
        ...guardedErrors('conflict', 'not_supported'),
      },
    },
    async (c) => {
      const issued = await credentials.issue(c.var.actor)
      const servers = buildIceServers(ice, { userId: c.var.actor.userId, expiresAt: issued.expiresAt })
      c.header('Cache-Control', 'no-store')
      const websocketUrl = toAbsoluteWebSocketUrl(c, endpoint.websocketUrl)
      return c.json(wire.toWebrtcConfigJson(issued, { ...endpoint, websocketUrl }, servers), 200)
    },
  )
}
