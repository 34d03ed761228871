import { z } from '@hono/zod-openapi'
import type { IceServer } from '../../core/provisioning/ice-servers.ts'
import type { IssuedCredentials } from '../../core/provisioning/webrtc-credentials.ts'
import { Time } from '../openapi.ts'
import { iso } from './iso-time.ts'

const IceServerJson = z.object({
  urls: z.array(z.string()),
  username: z.string().optional(),
  credential: z.string().optional(),
})

/** Existing clients read the first three members. */
export const WebrtcConfigJson = z
  .object({
    sip_username: z.string().openapi({ description: 'Of the browsers of the extension, such as 1003-web' }),
    sip_password: z.string().openapi({ description: 'A new one for each request' }),
    caller_id: z.string().openapi({ description: 'The extension' }),
    auth_username: z.string(),
    sip_domain: z.string(),
    websocket_url: z.string().openapi({
      description:
        'Where to register. At this server it needs a token: as `Authorization`, or in the query as `ticket` or `authorization`',
    }),
    expires_at: Time.openapi({ description: 'The credentials stop working then, or when the session ends' }),
    ice_servers: z.array(IceServerJson).openapi({ description: 'Passed to RTCPeerConnection unchanged' }),
  })
  .openapi('CrmWebrtc')

/** Where browsers register: SIP domain and WebSocket URL; a URL that begins with `/` is a path of this server. */
export interface WebrtcEndpoint {
  domain: string
  websocketUrl: string
}

export const toWebrtcConfigJson = (
  { extension, username, password, expiresAt }: IssuedCredentials,
  { domain, websocketUrl }: WebrtcEndpoint,
  ice: readonly IceServer[],
): z.output<typeof WebrtcConfigJson> => ({
  sip_username: username,
  sip_password: password,
  caller_id: extension,
  auth_username: username,
  sip_domain: domain,
  websocket_url: websocketUrl,
  expires_at: iso(expiresAt),
  ice_servers: ice.map(({ urls, ...more }) => ({ urls: [...urls], ...more })),
})
