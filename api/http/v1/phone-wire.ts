import { z } from '@hono/zod-openapi'
import type { IceServer } from '../../core/provisioning/ice-servers.ts'
import type { IssuedCredentials } from '../../core/provisioning/webrtc-credentials.ts'
import { toIsoTime } from '../iso-time.ts'
import { Time } from '../openapi.ts'

const IceServerJson = z
  .object({
    urls: z.array(z.string()),
    username: z.string().optional(),
    credential: z.string().optional(),
  })
  .openapi('IceServer')

export const PhoneAvailabilityJson = z
  .object({
    status: z.enum(['available', 'no_extension', 'not_supported']).openapi({
      description:
        '`no_extension`: I have none. `not_supported`: this PBX has no endpoints for browsers, or my extension is not one that was created here',
    }),
  })
  .openapi('PhoneAvailability')

export const PhoneCredentialsJson = z
  .object({
    extension: z.string(),
    display_name: z.string(),
    sip_username: z
      .string()
      .openapi({ description: 'Of the browsers of the extension; the desk phone has another' }),
    auth_username: z.string(),
    sip_password: z.string().openapi({ description: 'A new one for each request' }),
    sip_domain: z.string(),
    socket_path: z.string().openapi({
      description:
        'The WebSocket to register at, subprotocol `sip`: a path of this server, or a URL of the PBX',
    }),
    ice_servers: z.array(IceServerJson).openapi({ description: 'Passed to RTCPeerConnection unchanged' }),
    expires_at: Time.openapi({ description: 'They stop working then, or when the session ends' }),
  })
  .openapi('PhoneCredentials', {
    example: {
      extension: '1003',
      display_name: 'user3',
      sip_username: '1003-web',
      auth_username: '1003-web',
      sip_password: 'a7Qd…',
      sip_domain: 'pbx.example.org',
      socket_path: '/api/v1/phone/socket',
      ice_servers: [{ urls: ['stun:stun.example.org:3478'] }],
      expires_at: '2026-01-31T13:00:00.000Z',
    },
  })

export const toPhoneCredentialsJson = (
  { extension, displayName, username, password, expiresAt }: IssuedCredentials,
  { domain, websocketUrl }: { domain: string; websocketUrl: string },
  ice: readonly IceServer[],
): z.output<typeof PhoneCredentialsJson> => ({
  extension,
  display_name: displayName,
  sip_username: username,
  auth_username: username,
  sip_password: password,
  sip_domain: domain,
  socket_path: websocketUrl,
  ice_servers: ice.map(({ urls, ...more }) => ({ urls: [...urls], ...more })),
  expires_at: toIsoTime(expiresAt),
})
