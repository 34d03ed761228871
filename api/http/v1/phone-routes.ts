import { createRoute, type OpenAPIHono } from '@hono/zod-openapi'
import { buildIceServers, type IceSettings } from '../../core/provisioning/ice-servers.ts'
import type { WebrtcCredentials } from '../../core/provisioning/webrtc-credentials.ts'
import type { Guard, Guarded } from '../guard.ts'
import * as wire from './phone-wire.ts'
import { commonProblems, json, problem, security } from './responses.ts'

export interface PhoneRoutesNeeds {
  guard: Guard
  credentials: Pick<WebrtcCredentials, 'issue' | 'availabilityOf'>
  /** Whether browsers have a way to the PBX: through this server, or to an address of the PBX itself. */
  isReachable: boolean
  /** Where browsers register. */
  endpoint: { domain: string; websocketUrl: string }
  ice: IceSettings
}

/** What a browser needs to be a phone. */
export function addPhoneRoutes(
  app: OpenAPIHono<Guarded>,
  { guard, credentials, isReachable, endpoint, ice }: PhoneRoutesNeeds,
): void {
  app.openapi(
    createRoute({
      method: 'get',
      path: '/phone',
      operationId: 'phoneAvailability',
      summary: 'Whether this browser can be my phone',
      tags: ['phone'],
      security,
      middleware: guard(),
      responses: { 200: json(wire.PhoneAvailabilityJson, 'Whether it can, or why not'), ...commonProblems },
    }),
    async (c) => {
      const status = await credentials.availabilityOf(c.var.actor.userId)
      return c.json({ status: status === 'available' && !isReachable ? 'not_supported' : status }, 200)
    },
  )
  app.openapi(
    createRoute({
      method: 'post',
      path: '/phone/credentials',
      operationId: 'issuePhoneCredentials',
      summary: 'Get SIP credentials for this browser',
      description:
        'They are for the endpoint of the extension’s browsers, which rings together with the desk phone. It dials no number: `POST /calls` with `"device":"browser"` does. An extension has at most three of them at a time: a fourth request revokes the oldest.',
      tags: ['phone'],
      security,
      middleware: guard(),
      responses: {
        200: json(wire.PhoneCredentialsJson, 'Credentials and servers, valid until the session ends at most'),
        ...commonProblems,
        409: problem('I have no extension'),
        501: problem(
          'This PBX has no endpoints for browsers, or my extension is not one that was created here',
        ),
      },
    }),
    async (c) => {
      const { userId } = c.var.actor
      const issued = await credentials.issue(c.var.actor)
      const servers = buildIceServers(ice, { userId, expiresAt: issued.expiresAt })
      c.header('Cache-Control', 'no-store')
      return c.json(wire.toPhoneCredentialsJson(issued, endpoint, servers), 200)
    },
  )
}
